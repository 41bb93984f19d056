package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Policy;
import nocobase.procedures.cluster.ProceduresProperties;
import nocobase.procedures.cluster.RestorePointSettings;
import nocobase.procedures.language.Language;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.mock.env.MockEnvironment;

/** A wrong or missing key names itself and what is expected, and no secret is shown. */
class ConfigurationTest {

    private static final String SECRET = "s3cret-and-never-shown";

    private static final String[] DOCKER = {
        "procedures.clusters.main.runtime=docker",
        "procedures.clusters.main.nodes.labels.role=nocobase",
        "procedures.clusters.main.nodes.labels.com.example.site=lisbon",
        "procedures.clusters.main.nodes.labels.[com.example/Rack]=7",
        "procedures.clusters.main.nodes.compose-services[0]=app-1",
        "procedures.clusters.main.nodes.image=nocobase/nocobase:{version}",
        "procedures.clusters.main.balancer.container=nginx",
        "procedures.clusters.main.balancer.url=http://nginx",
        "procedures.clusters.main.database.host=postgres",
        "procedures.clusters.main.database.name=nocobase",
        "procedures.clusters.main.database.user=nocobase",
        "procedures.clusters.main.database.password=" + SECRET,
        "procedures.clusters.main.restore-points.volume=restore-points",
    };

    private final ApplicationContextRunner docker = with(DOCKER);

    @Configuration
    @ConfigurationPropertiesScan(basePackageClasses = Application.class)
    @Import(ConfigurationRules.class)
    static class Settings {}

    private static ApplicationContextRunner with(String... properties) {
        return new ApplicationContextRunner()
                .withUserConfiguration(Settings.class)
                .withPropertyValues(properties);
    }

    @Test
    void a_complete_docker_cluster_is_read() {
        docker.withPropertyValues(
                        "procedures.clusters.main.policies.version-upgrade=prohibited",
                        "procedures.clusters.main.restorePoints.mode=dump-first",
                        "procedures.clusters.main.required-plugins=map, @acme/plugin-hello",
                        "procedures.clusters.main.docker.hosts.eu-1.url=unix:///var/run/docker.sock",
                        "procedures.clusters.main.docker.hosts.eu-2.url=tcp://10.0.0.6:2376",
                        "procedures.clusters.main.docker.hosts.eu-2.tls-directory=/etc/procedures/eu-2",
                        "procedures.security.users.olga.password=a-long-password",
                        "procedures.security.users.olga.groups=ops",
                        "procedures.embedded.keep=false",
                        "procedures.watcher.enabled=false")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    ClusterSettings main = context.getBean(ProceduresProperties.class)
                            .clusters()
                            .get("main");
                    assertThat(main.nodes().labels())
                            .containsExactlyInAnyOrderEntriesOf(
                                    Map.of("role", "nocobase", "com.example.site", "lisbon", "com.example/Rack", "7"));
                    assertThat(main.policy("version-upgrade")).isEqualTo(Policy.PROHIBITED);
                    assertThat(main.policy("first-start")).isEqualTo(Policy.APPROVAL);
                    assertThat(main.restorePoints().mode()).isEqualTo(RestorePointSettings.Mode.DUMP_FIRST);
                    assertThat(main.requiredPlugins()).containsExactlyInAnyOrder("map", "@acme/plugin-hello");
                    assertThat(main.docker().hosts()).containsOnlyKeys("eu-1", "eu-2");
                    assertThat(main.docker().hosts().get("eu-2").tlsDirectory()).hasToString("/etc/procedures/eu-2");
                    assertThat(main.drain()).isEqualTo(Duration.ofSeconds(30));
                });
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            delimiter = ';',
            value = {
                // key=value ; key that the refusal names ; what it expects
                "clusters.main.runtime=kubernetes ; clusters.main.runtime ; one of docker, rehearsal",
                "clusters.main.policies.version-upgrade=maybe ; policies.version-upgrade ; one of allowed, approval, prohibited",
                "clusters.main.policies.version-upgrad=prohibited ; policies.version-upgrad ; version-upgrade, first-start",
                "clusters.main.restore-points.mode=fast ; restore-points.mode ; one of clone-then-dump, dump-first",
                "clusters.main.restore-points.keep=0 ; clusters.main.restore-points.keep ; at least 1",
                "clusters.main.join-timeout=soon ; clusters.main.join-timeout ; duration (500ms, 30s, 10m, 4h)",
                "clusters.main.drain=-5s ; clusters.main.drain ; 0s or more",
                "clusters.main.required-plugins[0]=map $(id) ; clusters.main.required-plugins ; the name of a plugin",
                "clusters.main.required-plugins=../map ; clusters.main.required-plugins ; the name of a plugin",
                "clusters.main.plugin-registry=https://me:pw@packages.example.com ; clusters.main.plugin-registry ; package registry",
                "clusters.main.docker.hosts.EU_1.url=tcp://10.0.0.5:2376 ; EU_1 ; the name of a host is up to 32 lower-case",
                "clusters.main.docker.hosts.eu-1.address=10.0.0.5 ; docker.hosts.eu-1.url ; set the address of the host's Docker engine",
                "clusters.main.docker.hosts.eu-1.host=tcp://10.0.0.5:2376 ; docker.hosts.eu-1.host ; address, tls-directory, url",
                "clusters.main.database.port=standard ; clusters.main.database.port ; whole number",
                "clusters.main.nodes.image=nocobase/nocobase:latest ; clusters.main.nodes: ; must contain {version}",
                "clusters.main.nodes.image= ; clusters.main.nodes.image ; set the image reference with {version}",
                "clusters.main.balancer.container= ; clusters.main.balancer.container ; set the name of nginx's container",
                "clusters.main.database.password= ; clusters.main.database.password ; the password of NocoBase's",
                "clusters.main.balancer.uri=http://x ; clusters.main.balancer.uri ; container, directory, listen, public-url, server-names, url",
                "clusters.main.restore-point.keep=5 ; clusters.main.restore-point.keep ; nodes, plugin-registry, policies",
                "clusters.main.database.port.internal=5 ; database.port.internal ; there is no such key",
                "cluster.main.runtime=docker ; procedures.cluster.main.runtime ; clusters, embedded, fence, language, notifications, retention, security, watcher",
                "security.admin-pasword=long-enough-password ; security.admin-pasword ; admin-password",
                "security.users.olga.group=ops ; security.users.olga.group ; email, first-name, groups, last-name, password",
                "embedded.dir=data ; procedures.embedded.dir ; directory, keep, programs, timeout",
                "clusters.Main.runtime=rehearsal ; Main ; the name of a cluster is a lower-case letter followed by",
                "clusters.1st.runtime=rehearsal ; 1st ; the name of a cluster is a lower-case letter followed by",
                "clusters.a-name-longer-than-24-characters.runtime=rehearsal ; a-name-longer ; at most 23 lower-case",
                "clusters.second.label=Second ; clusters.second.runtime ; set docker or rehearsal",
                "clusters.second.rehearsal.nodes=33 ; clusters.second.rehearsal.nodes ; 32",
            })
    void a_wrong_key_names_itself_and_what_is_expected(String property, String key, String expected) {
        assertRefused(docker.withPropertyValues("procedures." + property), key, expected);
    }

    @ParameterizedTest
    @CsvSource({"nodes", "balancer", "database", "restore-points"})
    void a_docker_cluster_without_a_part_says_which_parts_it_needs(String part) {
        assertRefused(
                with(Arrays.stream(DOCKER)
                        .filter(line -> !line.startsWith("procedures.clusters.main." + part))
                        .toArray(String[]::new)),
                "procedures.clusters.main:",
                part);
    }

    @Test
    void nodes_need_a_selector() {
        assertRefused(
                with(Arrays.stream(DOCKER)
                        .filter(line -> !line.contains(".labels."))
                        .toArray(String[]::new)),
                "procedures.clusters.main.nodes:",
                "set labels or compose-project");
    }

    @Test
    void what_is_expected_is_said_in_the_installations_language() {
        Language.speak(Language.PORTUGUESE);
        try {
            assertThat(refusal(docker.withPropertyValues(
                            "procedures.clusters.main.nodes.image=nocobase/nocobase:latest",
                            "procedures.clusters.main.rehearsal.nodes=33")))
                    .contains("image precisa conter {version} na tag", "informe de 0 a 32 nós");
            assertThat(refusal(with("procedures.security.admin-password=hunter2")))
                    .contains("A configuração foi recusada", "pelo menos 12 caracteres")
                    .doesNotContain("refused", "expected", "hunter2");
            assertThat(refusal(with("procedures.notifications.mail.from=nobody")))
                    .contains("é esperado um endereço de e-mail");
            assertThat(refusal(docker.withPropertyValues("procedures.clusters.main.nodes.imgae=x")))
                    .contains("não existe essa chave");
            assertThat(refusal(docker.withPropertyValues("procedures.clusters.main.answer-timeout=soon")))
                    .contains("é esperado um valor do tipo duração");
        } finally {
            Language.speak(Language.ENGLISH);
        }
    }

    @Test
    void several_wrong_keys_are_told_at_once() {
        String text = refusal(docker.withPropertyValues(
                "procedures.clusters.main.nodes.imgae=x", "procedures.clusters.main.databse.password=" + SECRET));
        assertThat(text).contains("nodes.imgae", "databse.password").doesNotContain(SECRET);
    }

    /** Each would be stopped and restored under the other's feet. */
    @Test
    void two_clusters_of_the_same_containers_are_refused() {
        assertRefused(
                docker.withPropertyValues(second("database.name=other")),
                "procedures.clusters",
                "the selectors of main fit every node of second");
        docker.withPropertyValues(second("database.name=other", "nodes.labels.role=another"))
                .run(context -> assertThat(context).hasNotFailed());
        docker.withPropertyValues(second("database.name=other", "docker.host=tcp://10.0.0.5:2376"))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void two_clusters_of_the_same_database_are_refused() {
        assertRefused(
                docker.withPropertyValues(second("nodes.labels.role=another")),
                "procedures.clusters",
                "main and second have the same database nocobase");
    }

    /** As the first one, but for these keys. */
    private static String[] second(String... keys) {
        return Stream.concat(
                        Stream.of(DOCKER).map(property -> property.replace("clusters.main.", "clusters.second.")),
                        Stream.of(keys).map(key -> "procedures.clusters.second." + key))
                .toArray(String[]::new);
    }

    @Test
    void a_refused_password_is_not_shown() {
        String text = refusal(with("procedures.security.admin-password=hunter2"));
        assertThat(text)
                .contains("procedures.security.admin-password", "at least 12 characters")
                .doesNotContain("hunter2");
    }

    /** Whoever reads a key below "procedures" must be entered there, or its keys would be refused. */
    @Test
    void all_settings_have_their_place() {
        var scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        List<String> prefixes = scanner.findCandidateComponents("nocobase.procedures").stream()
                .map(definition -> prefix(definition.getBeanClassName()))
                .toList();
        assertThat(prefixes)
                .contains("procedures", "procedures.security")
                .allSatisfy(prefix -> assertThat(prefix.equals("procedures")
                                || UnknownKeys.READ_ELSEWHERE.contains(prefix.substring("procedures.".length())))
                        .as(prefix)
                        .isTrue());
    }

    private static String prefix(String type) {
        try {
            return Class.forName(type)
                    .getAnnotation(ConfigurationProperties.class)
                    .value();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertRefused(ApplicationContextRunner runner, String key, String expected) {
        assertThat(refusal(runner)).contains(key, expected).doesNotContain(SECRET);
    }

    /** As Spring Boot prints it: what the first analyzer that has something to say says. */
    private static String refusal(ApplicationContextRunner runner) {
        AtomicReference<String> text = new AtomicReference<>();
        runner.run(context -> {
            assertThat(context).hasFailed();
            text.set(analyzers().stream()
                    .map(analyzer -> analyzer.analyze(context.getStartupFailure()))
                    .filter(Objects::nonNull)
                    .map(FailureAnalysis::getDescription)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("nothing explains", context.getStartupFailure())));
        });
        return text.get();
    }

    /** Those of libraries that are not there are left out, as Spring Boot does. */
    private static List<FailureAnalyzer> analyzers() {
        return SpringFactoriesLoader.forDefaultResourceLocation()
                .load(
                        FailureAnalyzer.class,
                        ArgumentResolver.of(BeanFactory.class, new DefaultListableBeanFactory())
                                .and(Environment.class, new MockEnvironment()),
                        (type, name, failure) -> {});
    }
}
