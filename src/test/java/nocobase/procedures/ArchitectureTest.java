package nocobase.procedures;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.junit.jupiter.api.Test;

/** The walls of the house: who may know whom, what others may see of an adapter, and how classes are called. */
@AnalyzeClasses(packagesOf = Application.class, importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String OURS = "nocobase.procedures";

    /** The rooms that each room may see, besides the language that all speak. A new room is entered here first. */
    private static final Map<String, Set<String>> MAY_SEE = new TreeMap<>(Map.ofEntries(
            Map.entry("language", Set.of()),
            Map.entry("cluster", Set.of()),
            Map.entry("docker", Set.of("cluster", "concurrent")),
            Map.entry("rehearsal", Set.of("cluster")),
            Map.entry("backup", Set.of("cluster", "concurrent")),
            Map.entry("balancer", Set.of("cluster", "concurrent")),
            Map.entry("nocobase", Set.of("cluster", "concurrent")),
            Map.entry("embedded", Set.of("cluster")),
            Map.entry("audit", Set.of("cluster")),
            Map.entry("concurrent", Set.of()),
            Map.entry("process", Set.of("cluster", "audit", "security", "concurrent")),
            Map.entry("security", Set.of("cluster", "audit")),
            Map.entry("web", Set.of("cluster", "concurrent", "audit", "process", "security"))));

    /** The rooms inside process: what each may see of the others. All see process itself, which sees none of them. */
    private static final Map<String, Set<String>> INSIDE_PROCESS = new TreeMap<>(Map.of(
            "claim", Set.of(),
            "wait", Set.of(),
            "status", Set.of("claim", "wait"),
            "task", Set.of("claim", "wait", "status"),
            "step", Set.of("claim", "wait"),
            "engine", Set.of("claim", "wait", "status", "task", "step")));

    /** The rooms inside process that show themselves: what runs and ran, who holds a cluster, taking a task over. */
    private static final Set<String> SHOWN_OF_PROCESS = Set.of("claim", "status", "task");

    /** What the assembly and others use of an adapter; all else is its own affair. */
    private static final Map<String, Set<String>> PUBLIC = new TreeMap<>(Map.of(
            "docker", Set.of("DockerCluster"),
            "rehearsal", Set.of("RehearsalClusters", "RehearsalFault"),
            "backup", Set.of("PostgresRestorePoints"),
            "balancer", Set.of("LoadBalancerFactory"),
            "nocobase", Set.of("NocoBaseFactory"),
            "embedded", Set.of("ConditionalOnEmbeddedDatabase")));

    private static final int LONGEST_PERFORMANCE = 15;

    private static final Pattern INJECTION =
            Pattern.compile(".*\\.(Autowired|Value|Inject|Resource|PersistenceContext)");

    @ArchTest
    static void every_room_sees_only_the_rooms_it_may(JavaClasses classes) {
        MAY_SEE.forEach((room, seen) -> noClasses()
                .that()
                .resideInAPackage(inside(room))
                .should()
                .dependOnClassesThat(are(oursExcept(room, seen)))
                .because("docs/architecture.md: " + room + " sees " + (seen.isEmpty() ? "no other room" : seen))
                .check(classes));
    }

    @ArchTest
    static void rooms_inside_process_see_only_those_they_may(JavaClasses classes) {
        INSIDE_PROCESS.forEach((room, seen) -> INSIDE_PROCESS.keySet().stream()
                .filter(other -> !other.equals(room) && !seen.contains(other))
                .forEach(other -> noClasses()
                        .that()
                        .resideInAPackage(inside("process." + room))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(inside("process." + other))
                        .because(room + " sees " + (seen.isEmpty() ? "no other room of process" : seen))
                        .check(classes)));
        noClasses()
                .that()
                .resideInAPackage(OURS + ".process")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(OURS + ".process.*..")
                .check(classes);
    }

    @ArchTest
    static void web_drives_no_procedure(JavaClasses classes) {
        INSIDE_PROCESS.keySet().stream()
                .filter(room -> !SHOWN_OF_PROCESS.contains(room))
                .forEach(room -> noClasses()
                        .that()
                        .resideInAPackage(inside("web"))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(inside("process." + room))
                        .because("web sees of process only " + SHOWN_OF_PROCESS)
                        .check(classes));
    }

    /** Whoever reads the page finds the same map. */
    @Test
    void the_page_has_the_same_map() throws IOException {
        Map<String, Set<String>> map = new TreeMap<>(MAY_SEE);
        map.putAll(INSIDE_PROCESS);
        Map<String, Set<String>> told = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs/architecture.md"))) {
            String[] cells = line.split("\\|");
            if (cells.length == 4 && cells[1].matches(" `[a-z]+` ")) {
                told.put(
                        cells[1].replaceAll("[ `]", ""),
                        Pattern.compile("`([a-z]+)`")
                                .matcher(cells[3])
                                .results()
                                .map(name -> name.group(1))
                                .collect(Collectors.toSet()));
            }
        }
        assertThat(told).isEqualTo(map);
    }

    @ArchTest
    static void every_room_has_its_walls_written_here(JavaClasses classes) {
        Set<String> rooms = classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith(OURS + "."))
                .map(name -> name.substring(OURS.length() + 1).split("\\.")[0])
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(MAY_SEE.keySet()).containsAll(rooms);
    }

    @ArchTest
    static final ArchRule rooms_do_not_know_each_other_in_circles =
            slices().matching(OURS + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule only_docker_sees_docker_java = noClasses()
            .that()
            .resideOutsideOfPackage(inside("docker"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.github.dockerjava..");

    @ArchTest
    static final ArchRule only_four_rooms_know_camunda = noClasses()
            .that()
            .resideOutsideOfPackages(inside("process"), inside("security"), inside("audit"), inside("web"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.camunda..")
            .because("Camunda 7 ends: whoever replaces it must find it in these rooms only");

    @ArchTest
    static final ArchRule only_the_assembly_sees_adapters = noClasses()
            .that()
            .resideOutsideOfPackage(OURS)
            .and()
            .resideOutsideOfPackages(inside("docker"), inside("backup"), inside("balancer"), inside("nocobase"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(inside("docker"), inside("backup"), inside("balancer"), inside("nocobase"));

    @ArchTest
    static void adapters_show_only_their_factories(JavaClasses classes) {
        PUBLIC.forEach((room, shown) -> classes()
                .that()
                .resideInAPackage(inside(room))
                .and()
                .arePublic()
                .and()
                .areTopLevelClasses()
                .should(beOneOf(shown))
                .check(classes));
    }

    @ArchTest
    static final ArchRule names_say_what_a_thing_does = noClasses()
            .that()
            // Somebody else's name, and no "base" of anything.
            .haveNameNotMatching(".*NocoBase")
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Base|Impl)")
            .because("such names say nothing");

    @ArchTest
    static final ArchRule nothing_is_injected_into_fields =
            noFields().should().beAnnotatedWith(injection()).because("constructors say what a class needs");

    @ArchTest
    static final ArchRule nothing_is_injected_into_setters =
            noMethods().should().beAnnotatedWith(named("Autowired", "Inject", "Resource"));

    @ArchTest
    static final ArchRule delegates_are_short = methods()
            .that()
            .areDeclaredInClassesThat()
            .areAssignableTo(JavaDelegate.class)
            .should(beShort());

    @ArchTest
    static final ArchRule delegates_reach_the_outside_world_through_the_cluster = noClasses()
            .that()
            .areAssignableTo(JavaDelegate.class)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "java.net.http..", "java.nio..", "java.sql..", "javax.sql..", "org.springframework.jdbc..");

    @ArchTest
    static final ArchRule nobody_reads_the_machines_clock = noClasses()
            .that()
            .resideOutsideOfPackage(inside("embedded"))
            .and()
            // The date of a file in a container, which is compared with that machine's own clock.
            .doNotHaveSimpleName("Archives")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(ZonedDateTime.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("time comes from the Clock that is passed in, which tests set");

    private static String inside(String room) {
        return OURS + "." + room + "..";
    }

    private static DescribedPredicate<JavaClass> oursExcept(String room, Set<String> seen) {
        Set<String> allowed = new TreeSet<>(seen);
        allowed.add(room);
        allowed.add("language");
        return DescribedPredicate.describe("classes of ours outside " + allowed, type -> {
            String name = type.getPackageName();
            if (!name.equals(OURS) && !name.startsWith(OURS + ".")) {
                return false;
            }
            return name.equals(OURS)
                    || !allowed.contains(name.substring(OURS.length() + 1).split("\\.")[0]);
        });
    }

    private static ArchCondition<JavaClass> beOneOf(Set<String> names) {
        return new ArchCondition<>("be one of " + names) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                events.add(new SimpleConditionEvent(
                        type,
                        names.contains(type.getSimpleName()),
                        type.getName() + " is public; package-private is expected of an adapter"));
            }
        };
    }

    private static DescribedPredicate<JavaAnnotation<?>> injection() {
        return DescribedPredicate.describe(
                "an injecting annotation",
                annotation ->
                        INJECTION.matcher(annotation.getRawType().getName()).matches());
    }

    private static DescribedPredicate<JavaAnnotation<?>> named(String... names) {
        return DescribedPredicate.describe(
                "one of " + Set.of(names),
                annotation -> Set.of(names).contains(annotation.getRawType().getSimpleName()));
    }

    /** By the lines of what it calls: from its first to its last. */
    private static ArchCondition<JavaMethod> beShort() {
        return new ArchCondition<>("be at most " + LONGEST_PERFORMANCE + " lines long") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                var lines = method.getAccessesFromSelf().stream()
                        .mapToInt(JavaAccess::getLineNumber)
                        .summaryStatistics();
                long length = lines.getCount() == 0 ? 0 : lines.getMax() - lines.getMin() + 1L;
                events.add(new SimpleConditionEvent(
                        method, length <= LONGEST_PERFORMANCE, method.getFullName() + " is " + length + " lines long"));
            }
        };
    }
}
