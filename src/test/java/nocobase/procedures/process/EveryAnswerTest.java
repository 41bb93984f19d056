package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.AskedForm;
import nocobase.procedures.AskedForm.Question;
import nocobase.procedures.EveryAnswer;
import nocobase.procedures.EveryAnswer.Refuser;
import nocobase.procedures.EveryAnswer.Role;
import nocobase.procedures.EveryAnswer.Row;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each form, question and option has its row in the table of what is answered in a browser, by each role that may. */
class EveryAnswerTest {

    /** The lists that depend on what a cluster has: that one of them is chosen will do. */
    private static final Set<String> POSSESSIONS = Set.of("pluginOptions", "restorePointOptions", "sourceOptions");

    @TestFactory
    Stream<DynamicTest> everyOptionIsChosen() {
        return AskedForm.all().stream()
                .map(form -> DynamicTest.dynamicTest(
                        form.name(),
                        () -> assertThat(missing(form))
                                .as("answers without a row in EveryAnswer's table")
                                .isEmpty()));
    }

    /** Not only those whose task it is: managers and break-glass come in when these are silent. */
    @TestFactory
    Stream<DynamicTest> everyRoleAnswers() throws IOException {
        Pattern asking = Pattern.compile("<bpmn:(?:userTask|startEvent) [^>]*camunda:formRef=\"[^>]*>");
        return models().flatMap(model -> asking.matcher(model).results())
                .map(MatchResult::group)
                .map(found -> DynamicTest.dynamicTest(
                        attribute(found, "formRef"),
                        () -> assertThat(rows(attribute(found, "formRef")).stream()
                                        .filter(row -> row.refuser() == Refuser.NOBODY)
                                        .map(Row::role)
                                        .collect(Collectors.toSet()))
                                .as("roles with a row in EveryAnswer's table")
                                .containsAll(roles(found))));
    }

    private static Set<Role> roles(String asking) {
        if (asking.startsWith("<bpmn:startEvent")) {
            return Set.of(Role.STARTER);
        }
        return switch (attribute(asking, "candidateGroups")) {
            case "ops" -> Set.of(Role.STARTER, Role.OPERATOR, Role.MANAGER);
            case "managers" -> Set.of(Role.MANAGER, Role.BREAK_GLASS);
            default -> throw new AssertionError("Say here who answers " + asking);
        };
    }

    @Test
    void nothingIsRowedThatNoFormAsks() {
        Map<String, AskedForm> forms =
                AskedForm.all().stream().collect(Collectors.toMap(AskedForm::name, form -> form));
        assertThat(EveryAnswer.rows()).allSatisfy(row -> {
            assertThat(forms).containsKey(row.form());
            assertThat(forms.get(row.form()).questions())
                    .extracting(Question::key)
                    .containsAll(row.answers().keySet());
        });
    }

    private static Set<String> missing(AskedForm form) throws IOException {
        Set<String> missing = new TreeSet<>();
        if (rows(form.name()).isEmpty()) {
            missing.add("the form as a whole");
        }
        for (Question question : form.questions()) {
            Set<String> needed = needed(question);
            Stream<String> given = rows(form.name()).stream()
                    .filter(row -> row.refuser() == Refuser.NOBODY || question.isList())
                    .map(row -> row.answers().getOrDefault(question.key(), "(left out)"));
            given.collect(Collectors.toSet()).forEach(needed::remove);
            boolean any = rows(form.name()).stream()
                    .anyMatch(row ->
                            row.refuser() == Refuser.NOBODY && row.answers().containsKey(question.key()));
            needed.forEach(value -> missing.add(question.key() + "=" + value));
            if (!any) {
                missing.add(question.key() + " is never answered");
            }
        }
        return missing;
    }

    private static Set<String> needed(Question question) throws IOException {
        if (question.isList()) {
            return new TreeSet<>(EveryAnswer.TICKED);
        }
        if (question.type().equals("checkbox")) {
            return new TreeSet<>(Set.of("true", "false"));
        }
        Set<String> needed =
                question.options().stream().map(JsonNode::asText).collect(Collectors.toCollection(TreeSet::new));
        if (question.isChoice() && !question.source().isEmpty() && !POSSESSIONS.contains(question.source())) {
            needed.addAll(offered(question.source()));
        }
        return needed;
    }

    /** What a list that is made when the task comes up can hold, from those who make it. */
    private static Set<String> offered(String source) throws IOException {
        return switch (source) {
            case "options" -> choicesOfModels();
            case "verdicts" -> values(Choices.verdicts(Choices.Next.OPEN, true, true));
            case "waysBack" -> waysBack();
            default -> throw new AssertionError("Say here what the list \"" + source + "\" can hold.");
        };
    }

    /** What models offer, and what they go by: an engine may offer more of its own accord. */
    private static Set<String> choicesOfModels() throws IOException {
        Pattern lists = Pattern.compile("'([a-zA-Z]+(?:,[a-zA-Z]+)+)'");
        Pattern answers = Pattern.compile("decision(?:'\\))? == '([a-zA-Z]+)'");
        Set<String> choices = models().filter(model -> model.contains("target=\"choices\""))
                .flatMap(model -> lists.matcher(model).results())
                .flatMap(list -> Stream.of(list.group(1).split(",")))
                .collect(Collectors.toCollection(TreeSet::new));
        models().flatMap(model -> answers.matcher(model).results()).forEach(found -> choices.add(found.group(1)));
        return choices;
    }

    private static Set<String> waysBack() {
        RestorePoint point = new RestorePoint(
                "training-1a2b3c4d",
                Instant.EPOCH,
                Version.parse("2.2.15"),
                List.of("main"),
                1,
                RestorePoint.State.VERIFIED,
                null);
        Set<String> ways = values(WaysBack.of(new WaysBack.Situation("2.2.15", null, false, false), List.of(point)));
        ways.addAll(values(
                WaysBack.of(new WaysBack.Situation("2.2.15", Version.parse("2.2.16"), true, true), List.of(point))));
        return ways;
    }

    private static Set<String> values(List<Map<String, String>> options) {
        return options.stream().map(option -> option.get("value")).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Row> rows(String form) {
        return EveryAnswer.rows().stream()
                .filter(row -> row.form().equals(form))
                .toList();
    }

    private static String attribute(String element, String name) {
        Matcher found = Pattern.compile("camunda:" + name + "=\"([^\"]*)\"").matcher(element);
        assertThat(found.find()).as(name + " of " + element).isTrue();
        return found.group(1);
    }

    private static Stream<String> models() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("processes"))) {
            return files
                    .filter(file -> file.toString().endsWith(".bpmn"))
                    .map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList()
                    .stream();
        }
    }
}
