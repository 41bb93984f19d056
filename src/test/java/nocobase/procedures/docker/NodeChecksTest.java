package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.OperationId;
import org.junit.jupiter.api.Test;

/** Each line of the preconditions, made to fail. */
class NodeChecksTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void passesASoundCluster() {
        List<Check> checks = new NodeChecks(List.of(node("app-1"), node("app-2"), node("app-3"))).run();
        assertThat(checks).extracting(Check::result).containsOnly(Result.PASS);
        assertThat(checks).extracting(Check::remedy).containsOnly("");
    }

    @Test
    void refusesNoNode() {
        assertFails("Number of nodes", "No container matches", "Create the node containers", List.of());
    }

    @Test
    void refusesWorkersOnly() {
        assertFails(
                "Number of nodes",
                "none serves requests",
                "Add a node without WORKER_MODE",
                List.of(node("app-1", env("WORKER_MODE=*"))));
    }

    @Test
    void refusesMoreNodesThanThereAreWorkerIds() {
        List<NodeContainer> many = IntStream.rangeClosed(1, 33)
                .mapToObj(number -> node("app-" + number))
                .toList();
        assertFails("Number of nodes", "33 nodes", "Remove nodes", many);
        assertThat(check("Number of nodes", many.subList(0, 32)).result()).isEqualTo(Result.PASS);
    }

    @Test
    void findsWhatAnotherOperationLeft() {
        NodeContainer aside = node("app-2-pre-prod-abcdefgh")
                .asSetAside(new AsideContainer("app-2", new OperationId("prod-abcdefgh")));
        assertFails(
                "No leftovers of another operation",
                "app-2-pre-prod-abcdefgh",
                "Return to service",
                List.of(node("app-1"), aside));
        assertWarns(
                "No leftovers of another operation",
                "app-2-pre-prod-abcdefgh",
                "docker rm, without -v",
                List.of(node("app-1"), node("app-2"), aside));
    }

    @Test
    void knowsAContainerThatWasSetAsideByWhatStandsForIt() {
        NodeContainer old = node("somebody-renamed-it");
        NodeContainer replacement = node(
                "app-1",
                json -> labels(json)
                        .put(Marks.REPLACES, "id-somebody-renamed-it")
                        .put(Marks.OPERATION, "prod-abcdefgh"));
        assertThat(NodeSelection.nodesAmong(Asides.marked(List.of(old, replacement), any -> Optional.empty())))
                .extracting(NodeContainer::name)
                .containsExactly("app-1");
    }

    @Test
    void aNameAloneSetsNothingAside() {
        NodeContainer odd = node("app-1-pre-release-abcdefgh");
        NodeContainer other = node("app-1");
        assertThat(NodeSelection.nodesAmong(Asides.marked(List.of(odd, other), any -> Optional.empty())))
                .containsExactly(odd, other);
        assertThat(Asides.marked(List.of(odd), any -> AsideContainer.parse("app-2-pre-release-abcdefgh")))
                .as("a note of another name")
                .containsExactly(odd);
        assertThat(NodeSelection.nodesAmong(Asides.marked(List.of(odd), any -> AsideContainer.parse(odd.name()))))
                .isEmpty();
    }

    /** It stands for what an earlier operation set aside, and was set aside by a later one. */
    @Test
    void whatIsSetAsideTwiceBelongsToOneNode() {
        NodeContainer first = node("renamed");
        NodeContainer second = node(
                "app-1-pre-prod-bcdefghi",
                json -> labels(json).put(Marks.REPLACES, "id-renamed").put(Marks.OPERATION, "prod-abcdefgh"));
        NodeContainer third = node(
                "app-1",
                json -> labels(json)
                        .put(Marks.REPLACES, "id-app-1-pre-prod-bcdefghi")
                        .put(Marks.OPERATION, "prod-bcdefghi"));
        assertThat(Asides.marked(List.of(first, second, third), any -> Optional.empty()))
                .extracting(NodeContainer::aside)
                .containsExactly(
                        new AsideContainer("app-1", new OperationId("prod-abcdefgh")),
                        new AsideContainer("app-1", new OperationId("prod-bcdefghi")),
                        null);
    }

    @Test
    void refusesContainersOfAnOrchestratorAndThoseThatVanish() {
        assertFails(
                "No other tool manages the nodes",
                "Docker Swarm",
                "Run the nodes as plain containers",
                List.of(node("app-1", json -> labels(json).put("com.docker.swarm.service.id", "x"))));
        assertFails(
                "No other tool manages the nodes",
                "--rm",
                "again without --rm",
                List.of(node("app-1", json -> host(json).put("AutoRemove", true))));
    }

    @Test
    void refusesDifferentImages() {
        assertFails(
                "Same image on all nodes",
                "app-2 (nocobase/nocobase:2.2.14)",
                "Bring all nodes to one version",
                List.of(node("app-1"), node("app-2", json -> {
                    json.put("Image", "sha256:other");
                    json.withObject("/Config").put("Image", "nocobase/nocobase:2.2.14");
                })));
    }

    @Test
    void refusesAnotherAppKeyAndShowsNeither() {
        List<NodeContainer> nodes = List.of(node("app-1"), node("app-2", env("APP_KEY=another-secret")));
        assertFails("Same environment on all nodes", "APP_KEY on app-2", "same values", nodes);
        assertThat(check("Same environment on all nodes", nodes).toString())
                .doesNotContain("another-secret")
                .doesNotContain("the-secret");
        assertFails(
                "Same environment on all nodes",
                "DB_HOST",
                "same values",
                List.of(node("app-1"), node("app-2", env("DB_HOST=db2"))));
        assertFails(
                "Same environment on all nodes",
                "has no APP_KEY",
                "Give all nodes the same APP_KEY",
                List.of(node("app-1", env("APP_KEY="))));
    }

    @Test
    void warnsOfOtherDifferencesAndAllowsThoseThatAreMeant() {
        assertWarns(
                "Same environment on all nodes",
                "LOGGER_LEVEL on app-2",
                "meant to differ",
                List.of(node("app-1"), node("app-2", env("LOGGER_LEVEL=debug"))));
        assertThat(check("Same environment on all nodes", List.of(node("app-1"), node("app-2", env("WORKER_MODE=*"))))
                        .result())
                .isEqualTo(Result.PASS);
    }

    @Test
    void looksAtRestartPolicies() {
        Consumer<ObjectNode> no = json -> host(json).putObject("RestartPolicy").put("Name", "no");
        assertWarns(
                "Restart policy",
                "different restart policies",
                "docker update --restart",
                List.of(node("app-1"), node("app-2", no)));
        assertWarns("Restart policy", "starts by itself", "unless-stopped", List.of(node("app-1", no)));
        assertFails(
                "Restart policy",
                "read-only",
                "without --read-only",
                List.of(node("app-1", json -> host(json).put("ReadonlyRootfs", true))));
    }

    /** A file that NocoBase reads says what the container's environment leaves open. */
    @Test
    void findsTheKeyWhereTheApplicationFindsIt() {
        Consumer<ObjectNode> nothing = json -> json.withObject("/Config").putArray("Env");
        NodeContainer one = node("app-1", nothing);
        NodeContainer two = node("app-2", nothing);
        Map<String, String> file = Map.of("APP_KEY", "a-key-of-32-characters-in-a-file");
        assertThat(check("Same environment on all nodes", List.of(one, two)).result())
                .isEqualTo(Result.FAIL);
        assertThat(check("Same environment on all nodes", List.of(one.reading(file), two.reading(file)))
                        .result())
                .isEqualTo(Result.PASS);
        assertThat(check(
                                "Same environment on all nodes",
                                List.of(one.reading(file), two.reading(Map.of("APP_KEY", "another"))))
                        .result())
                .isEqualTo(Result.FAIL);
    }

    /** They neither install nor upgrade. */
    @Test
    void refusesSeveralProcessesWhereTheyCannotBeLeftOut() {
        Consumer<ObjectNode> several = env("CLUSTER_MODE=max");
        assertThat(check("Processes in a node", List.of(node("app-1", several))).result())
                .isEqualTo(Result.PASS);
        assertFails(
                "Processes in a node",
                "CLUSTER_MODE is set, and can't be left out for the first start of: app-1",
                "Remove CLUSTER_MODE",
                List.of(node("app-1", several.andThen(json -> host(json).put("ReadonlyRootfs", true)))));
    }

    @Test
    void warnsOfTooLittleMemory() {
        assertWarns(
                "Memory of the nodes",
                "app-1 (512 MiB)",
                "docker update --memory",
                List.of(node("app-1", json -> host(json).put("Memory", 512L << 20))));
    }

    @Test
    void warnsOfWhatDockerStopByHandWouldDo() {
        assertWarns(
                "Init process of the nodes",
                "No init process on app-2: docker stop by hand",
                "init: true",
                List.of(node("app-1"), node("app-2", json -> host(json).remove("Init"))));
    }

    private static void assertFails(String name, String finding, String remedy, List<NodeContainer> nodes) {
        assertResult(Result.FAIL, name, finding, remedy, nodes);
    }

    private static void assertWarns(String name, String finding, String remedy, List<NodeContainer> nodes) {
        assertResult(Result.WARN, name, finding, remedy, nodes);
    }

    private static void assertResult(
            Result result, String name, String finding, String remedy, List<NodeContainer> nodes) {
        Check check = check(name, nodes);
        assertThat(check.result()).as(check.toString()).isEqualTo(result);
        assertThat(check.finding()).contains(finding);
        assertThat(check.remedy()).contains(remedy);
        assertThat(check.returnIsRemedy())
                .as("says so wherever the remedy names that procedure: %s", check.remedy())
                .isEqualTo(check.remedy().contains("Return to service"));
    }

    private static Check check(String name, List<NodeContainer> nodes) {
        return new NodeChecks(nodes)
                .run().stream()
                        .filter(check -> check.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    @SafeVarargs
    private static NodeContainer node(String name, Consumer<ObjectNode>... changes) {
        ObjectNode json = JSON.createObjectNode();
        json.put("Id", "id-" + name).put("Name", "/" + name).put("Image", "sha256:one");
        json.putObject("State").put("Running", true);
        ObjectNode config = json.putObject("Config").put("Image", "nocobase/nocobase:2.2.15");
        config.putArray("Env").add("APP_KEY=the-secret").add("DB_HOST=db").add("PATH=/" + name);
        config.putObject("Labels");
        json.putObject("HostConfig")
                .put("Init", true)
                .putObject("RestartPolicy")
                .put("Name", "always");
        Arrays.asList(changes).forEach(change -> change.accept(json));
        return new NodeContainer(json);
    }

    private static Consumer<ObjectNode> env(String variable) {
        return json -> json.withObject("/Config").withArray("/Env").add(variable);
    }

    private static ObjectNode labels(ObjectNode json) {
        return json.withObject("/Config/Labels");
    }

    private static ObjectNode host(ObjectNode json) {
        return json.withObject("/HostConfig");
    }
}
