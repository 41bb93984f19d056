package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.model.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Version;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A container that was switched to another image is the container that its owner would have made with that image: compared
 * field by field, as the engine describes both. And switched back it is what it was.
 */
@Requires("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecreationIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Version NEW = Version.parse("2.2.16");

    /** Each image has defaults of its own for everything that a container can inherit. */
    private static final String DOCKERFILE = """
            FROM local/stand-in:%1$s
            ENV FROM_IMAGE=%1$s SAME=in-both ONLY_%2$s=yes
            LABEL from=%1$s same=in-both only-%2$s=yes
            EXPOSE 10%2$s
            VOLUME ["/declared", "/declared-%2$s"]
            WORKDIR /srv/%2$s
            USER 10%2$s
            STOPSIGNAL %3$s
            HEALTHCHECK --interval=%2$ss --retries=3 CMD ["true", "%1$s"]
            ENTRYPOINT ["sh", "-c", "sleep 600", "%1$s"]
            CMD ["command", "%1$s"]
            """;

    /** The engine that the containers are on. */
    DockerClient docker = DockerScene.docker();

    DockerScene scene;

    private DockerCluster host;
    private DockerEngine engine;
    private String repository;
    private String subnet;
    private String subnet6;
    private final Set<String> volumes = new TreeSet<>();

    /** Prepares the engine. @return how it is reached, below {@code procedures.clusters.<name>} */
    Map<String, String> open() {
        return Map.of();
    }

    @BeforeAll
    void images(@TempDir Path directory) {
        scene = DockerRuntimeIT.nodes(0).start();
        Map<String, String> keys = new HashMap<>(open());
        repository = scene.name() + "-image";
        build(directory, "2.2.15", "15", "SIGUSR1");
        build(directory, "2.2.16", "16", "SIGUSR2");
        keys.put("nodes.image", repository + ":{version}");
        host = DockerRuntimeIT.host(scene, keys);
        engine = new DockerEngine(scene.settings(keys).docker(), Duration.ofMinutes(1));
        // Beside the second engine's own networks.
        subnet = "10." + ThreadLocalRandom.current().nextInt(215, 250) + "."
                + ThreadLocalRandom.current().nextInt(1, 250);
        subnet6 = "fd00:" + hex() + ":" + hex();
        docker.createNetworkCmd()
                .withName(scene.name() + "-fixed")
                .withEnableIpv6(true)
                .withIpam(new Network.Ipam()
                        .withConfig(
                                new Network.Ipam.Config().withSubnet(subnet + ".0/24"),
                                new Network.Ipam.Config().withSubnet(subnet6 + "::/64")))
                .exec();
        docker.createNetworkCmd().withName(scene.name() + "-third").exec();
    }

    @AfterAll
    void removeAll() {
        scene.close();
        host.close();
        engine.close();
        for (String version : List.of("2.2.15", "2.2.16")) {
            docker.removeImageCmd(repository + ":" + version).exec();
        }
        volumes.forEach(volume -> docker.removeVolumeCmd(volume).exec());
    }

    @AfterEach
    void removeContainers() {
        docker.listContainersCmd()
                .withShowAll(true)
                .withNameFilter(List.of(scene.name()))
                .exec()
                .forEach(container -> {
                    noteVolumes(container(container.getId()));
                    docker.removeContainerCmd(container.getId()).withForce(true).exec();
                });
    }

    static List<String> definitions() {
        return List.of(
                // as docker run IMAGE would
                "{}",
                // everything that can be inherited is overridden
                """
                {"Env": ["FROM_IMAGE=mine", "OWN=a=b c", "EMPTY="], "Cmd": ["own", "command"], "Entrypoint": ["sleep"],
                 "User": "0:0", "WorkingDir": "/own", "StopSignal": "SIGINT", "StopTimeout": 77,
                 "Healthcheck": {"Test": ["CMD", "own"], "Interval": 5000000000, "Timeout": 2000000000, "Retries": 9},
                 "Labels": {"from": "me", "odd key/ü": "a=b, \\"c\\" $d {{.}} \\n e", "empty": ""},
                 "ExposedPorts": {"7777/udp": {}}, "Volumes": {"/own-anonymous": {}},
                 "Hostname": "own-host", "Domainname": "example.org", "Tty": true, "OpenStdin": true, "StdinOnce": true}
                """,
                // one of the two that belong together
                "{\"Cmd\": [\"own\", \"command\"]}",
                "{\"Entrypoint\": [\"own\", \"entry\"]}",
                "{\"Entrypoint\": [\"\"], \"Cmd\": [\"sleep\", \"600\"]}",
                // the new image's value, set by the owner already
                "{\"Env\": [\"FROM_IMAGE=2.2.16\"], \"WorkingDir\": \"/srv/16\"}",
                // health checks: off, and only the interval of one's own
                "{\"Healthcheck\": {\"Test\": [\"NONE\"]}}",
                "{\"Healthcheck\": {\"Interval\": 7000000000}}",
                // mounts of each kind
                """
                {"Volumes": {"/anonymous": {}},
                 "HostConfig": {"Binds": ["SCENE-storage:/app/nocobase/storage", "SCENE-storage:/again:ro", "/tmp:/host:ro,rslave"],
                  "Tmpfs": {"/memory": "size=1m,mode=700"},
                  "Mounts": [{"Type": "volume", "Source": "SCENE-named", "Target": "/named", "VolumeOptions": {"NoCopy": true}},
                             {"Type": "volume", "Target": "/unnamed"},
                             {"Type": "bind", "Source": "/etc", "Target": "/host-etc", "ReadOnly": true,
                              "BindOptions": {"Propagation": "rprivate"}},
                             {"Type": "tmpfs", "Target": "/memory-too", "TmpfsOptions": {"SizeBytes": 1048576}}]}}
                """,
                // limits and rights
                """
                {"HostConfig": {"Memory": 268435456, "MemoryReservation": 134217728, "MemorySwap": 536870912, "CpuShares": 512,
                  "NanoCpus": 500000000, "CpusetCpus": "0", "PidsLimit": 200, "BlkioWeight": 0, "OomScoreAdj": 100,
                  "Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": 2048}], "CapAdd": ["NET_ADMIN"], "CapDrop": ["MKNOD"],
                  "SecurityOpt": ["no-new-privileges"], "Sysctls": {"net.core.somaxconn": "1024"}, "ShmSize": 33554432,
                  "Devices": [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/own", "CgroupPermissions": "rw"}],
                  "DeviceCgroupRules": ["c 1:3 r"], "GroupAdd": ["44"], "Init": true, "ReadonlyPaths": ["/proc/own"]}}
                """,
                "{\"HostConfig\": {\"Privileged\": true, \"PidMode\": \"host\", \"IpcMode\": \"shareable\", \"UTSMode\": \"host\"}}",
                // log, names and ports
                """
                {"ExposedPorts": {"13000/tcp": {}},
                 "HostConfig": {"LogConfig": {"Type": "local", "Config": {"max-size": "1m"}}, "Dns": ["192.0.2.1"],
                  "DnsSearch": ["example.org"], "DnsOptions": ["ndots:2"], "ExtraHosts": ["other:192.0.2.2"], "Links": null,
                  "PublishAllPorts": true, "PortBindings": {"13000/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}}}
                """,
                // networks
                "{\"HostConfig\": {\"NetworkMode\": \"host\"}}",
                // the host's own parts, together and with names
                "{\"HostConfig\": {\"NetworkMode\": \"host\", \"UTSMode\": \"host\"}}",
                "{\"HostConfig\": {\"NetworkMode\": \"SCENE-net\", \"UTSMode\": \"host\"}}",
                """
                {"HostConfig": {"NetworkMode": "host", "UTSMode": "host", "PidMode": "host", "IpcMode": "host",
                  "UsernsMode": "host", "CgroupnsMode": "host"}}
                """,
                "{\"HostConfig\": {\"CgroupnsMode\": \"private\", \"IpcMode\": \"private\"}}",
                "{\"HostConfig\": {\"IpcMode\": \"none\", \"UsernsMode\": \"host\"}}",
                "{\"HostConfig\": {\"NetworkMode\": \"host\", \"PidMode\": \"container:SCENE-other\"}}",
                "{\"HostConfig\": {\"NetworkMode\": \"container:SCENE-other\", \"IpcMode\": \"container:SCENE-other\", \"PidMode\": \"container:SCENE-other\"}}",
                "{\"HostConfig\": {\"NetworkMode\": \"container:SCENE-other\", \"UTSMode\": \"host\"}}",
                "{\"HostConfig\": {\"NetworkMode\": \"none\"}}",
                "{\"HostConfig\": {\"NetworkMode\": \"container:SCENE-other\"}}",
                "{\"HostConfig\": {\"VolumesFrom\": [\"SCENE-other:ro\"]}, \"Volumes\": {\"/anonymous\": {}}}",
                """
                {"MacAddress": "02:42:0a:0b:0c:0d", "HostConfig": {"NetworkMode": "SCENE-fixed"},
                 "NetworkingConfig": {"EndpointsConfig": {"SCENE-fixed": {"Aliases": ["app", "own.alias"],
                  "IPAMConfig": {"IPv4Address": "SUBNET.17", "IPv6Address": "SUBNET6::17"}, "DriverOpts": {"own.option": "x"}}}},
                 "Further": {"SCENE-net": {"Aliases": ["second"]}, "SCENE-third": {}, "bridge": {}}}
                """);
    }

    @ParameterizedTest
    @MethodSource("definitions")
    void isWhatItsOwnerWouldHaveMadeWithTheNewImage(String definition) throws IOException {
        create(scene.name() + "-other", repository + ":2.2.15", "{\"Volumes\": {\"/others\": {}}}", false);
        create(node(), repository + ":2.2.15", definition, true);
        create(scene.name() + "-oracle", repository + ":2.2.16", definition, false);
        JsonNode before = container(node());
        OperationId operation = OperationId.next(scene.name());

        host.runtime().switchVersion(NEW, operation);
        JsonNode switched = container(node());
        noteVolumes(switched);
        assertSame(described(container(scene.name() + "-oracle")), described(switched));
        assertThat(switched.path("Config").path("Image").asText()).isEqualTo(repository + ":2.2.16");
        assertThat(volumesOf(switched)).as("volumes, the anonymous too").containsAll(volumesOf(before));

        host.runtime().switchBack(operation);
        host.runtime().finish(operation);
        assertSame(exactly(before), exactly(container(node())));
    }

    @ParameterizedTest
    @CsvSource({"always,0", "unless-stopped,0", "on-failure,4", "on-failure,0", "no,0"})
    void givesEachRestartPolicyBack(String name, int retries) throws IOException {
        String definition = "{\"HostConfig\": {\"RestartPolicy\": {\"Name\": \"" + name + "\", \"MaximumRetryCount\": "
                + retries + "}}}";
        create(node(), repository + ":2.2.15", definition, true);
        OperationId operation = OperationId.next(scene.name());
        host.runtime().switchVersion(NEW, operation);
        JsonNode silent = container(node()).path("HostConfig").path("RestartPolicy");
        assertThat(silent.path("Name").asText()).isEqualTo("no");
        host.runtime().finish(operation);
        JsonNode restored = container(node()).path("HostConfig").path("RestartPolicy");
        assertThat(restored.path("Name").asText()).isEqualTo(name);
        assertThat(restored.path("MaximumRetryCount").asInt()).isEqualTo(retries);
    }

    @Test
    void runsWithItsFixedAddressesWhileTheOldOneIsKept() throws IOException {
        String definition = definitions()
                .get(definitions().size() - 1)
                .replaceFirst("\"IPAMConfig\"", "\"Links\": null, \"IPAMConfig\"");
        create(node(), repository + ":2.2.15", definition, true);
        docker.startContainerCmd(node()).exec();
        docker.killContainerCmd(node()).exec();
        docker.waitContainerCmd(node()).start();
        OperationId operation = OperationId.next(scene.name());
        org.awaitility.Awaitility.await()
                .until(() -> !container(node()).path("State").path("Running").asBoolean());
        host.runtime().switchVersion(NEW, operation);
        docker.startContainerCmd(node()).exec();
        JsonNode networks = container(node()).path("NetworkSettings").path("Networks");
        assertThat(networks.path(scene.name() + "-fixed").path("IPAddress").asText())
                .isEqualTo(subnet + ".17");
        assertThat(networks.path(scene.name() + "-fixed")
                        .path("GlobalIPv6Address")
                        .asText())
                .isEqualTo(subnet6 + "::17");
        assertThat(networks.path(scene.name() + "-fixed").path("MacAddress").asText())
                .isEqualTo("02:42:0a:0b:0c:0d");
        assertThat(networks.path(scene.network()).path("Aliases").toString()).contains("second");
        assertThat(networks.path(scene.name() + "-third").path("IPAddress").asText())
                .isNotEmpty();
        assertThat(networks.path("bridge").path("IPAddress").asText()).isNotEmpty();
    }

    /** What the engine gave a container while it ran (addresses, MAC, its short id as an alias) is not its owner's wish. */
    @Test
    void freezesNothingThatTheEngineSetWhileItRan() throws IOException {
        String definition = """
                {"HostConfig": {"NetworkMode": "SCENE-net"},
                 "NetworkingConfig": {"EndpointsConfig": {"SCENE-net": {"Aliases": ["app"]}}},
                 "Further": {"SCENE-third": {"Aliases": ["second"]}}}
                """;
        create(node(), repository + ":2.2.15", definition, true);
        create(scene.name() + "-oracle", repository + ":2.2.16", definition, false);
        docker.startContainerCmd(node()).exec();
        assertThat(container(node())
                        .at("/NetworkSettings/Networks/" + scene.network() + "/MacAddress")
                        .asText())
                .isNotEmpty();
        docker.killContainerCmd(node()).exec();
        org.awaitility.Awaitility.await()
                .until(() -> !container(node()).path("State").path("Running").asBoolean());
        host.runtime().switchVersion(NEW, OperationId.next(scene.name()));
        assertSame(described(container(scene.name() + "-oracle")), described(container(node())));
    }

    /** In each of its networks, whatever it was called when it was made. */
    @Test
    void startsUnderItsOwnName() throws IOException {
        create(node(), repository + ":2.2.15", """
                {"HostConfig": {"NetworkMode": "SCENE-net"}, "Further": {"SCENE-third": {"Aliases": ["second"]}}}
                """, true);
        host.runtime().switchVersion(NEW, OperationId.next(scene.name()));
        docker.startContainerCmd(node()).exec();
        String networks = container(node()).at("/NetworkSettings/Networks").toString();
        assertThat(networks).contains("second").doesNotContain("-next-");
        if (networks.contains("DNSNames")) {
            container(node())
                    .at("/NetworkSettings/Networks")
                    .forEach(network ->
                            assertThat(network.path("DNSNames").toString()).contains("\"" + node() + "\""));
        }
    }

    @Test
    void saysWhenTheNameWasTakenMeanwhile() throws IOException {
        create(node(), repository + ":2.2.15", "{}", true);
        OperationId operation = OperationId.next(scene.name());
        host.runtime().switchVersion(NEW, operation);
        docker.removeContainerCmd(node()).exec();
        create(node(), repository + ":2.2.15", "{}", false);
        String stranger = container(node()).path("Id").asText();
        assertThatThrownBy(() -> host.runtime().switchVersion(NEW, operation))
                .isInstanceOf(CannotProceedException.class)
                .hasMessageContaining("can't be renamed to " + node())
                .hasMessageContaining("already in use");
        assertThatThrownBy(() -> host.runtime().switchBack(operation)).isInstanceOf(CannotProceedException.class);
        assertThat(container(node()).path("Id").asText()).isEqualTo(stranger);
        assertThat(engine.container(node() + "-pre-" + operation)).isPresent();
    }

    /** The name that the old container was to be kept under is somebody else's. */
    @Test
    void saysWhenTheNameToSetItAsideIsTakenAndTouchesNothing() throws IOException {
        create(node(), repository + ":2.2.15", "{}", true);
        OperationId operation = OperationId.next(scene.name());
        String aside = node() + "-pre-" + operation;
        create(aside, repository + ":2.2.15", "{}", false);
        String owners = container(node()).path("Id").asText();
        String stranger = container(aside).path("Id").asText();

        assertThatThrownBy(() -> host.runtime().switchVersion(NEW, operation))
                .isInstanceOfSatisfying(CannotProceedException.class, refused -> {
                    assertThat(refused.failure().what())
                            .contains("Container " + node() + " can't be renamed to " + aside, "already in use");
                    assertThat(refused.failure().remedy()).contains("Rename the container that has the name " + aside);
                });
        assertThat(container(node()).path("Id").asText()).isEqualTo(owners);
        assertThat(container(aside).path("Id").asText()).isEqualTo(stranger);

        docker.removeContainerCmd(stranger).exec();
        host.runtime().switchVersion(NEW, operation);
        assertThat(container(aside).path("Id").asText()).isEqualTo(owners);
    }

    @Test
    void switchesAContainerThatWasMadeFromABareImageId() throws IOException {
        String id =
                engine.image(repository + ":2.2.15").orElseThrow().path("Id").asText();
        create(node(), id, "{}", true);
        host.runtime().switchVersion(NEW, OperationId.next(scene.name()));
        assertThat(container(node()).path("Config").path("Image").asText()).isEqualTo(repository + ":2.2.16");
        assertThat(container(node()).path("Config").path("Labels").path("from").asText())
                .isEqualTo("2.2.16");
    }

    /** Anonymous ones, which outlive their containers. */
    private void noteVolumes(JsonNode container) {
        container.path("Mounts").forEach(mount -> {
            if (mount.path("Name").asText().matches("[0-9a-f]{64}")) {
                volumes.add(mount.path("Name").asText());
            }
        });
    }

    private String node() {
        return scene.node(1);
    }

    private void create(String name, String image, String definition, boolean node) throws IOException {
        ObjectNode body = (ObjectNode) JSON.readTree(definition
                .replace("SCENE", scene.name())
                .replace("SUBNET6", subnet6)
                .replace("SUBNET", subnet));
        JsonNode further = body.remove("Further");
        body.put("Image", image);
        body.withObject("/HostConfig");
        if (node) {
            body.withObject("/Labels").put(DockerScene.CLUSTER_LABEL, scene.name());
        }
        String id =
                engine.post("/containers/create?name=" + name, body).path("Id").asText();
        if (further != null) {
            further.fields().forEachRemaining(network -> {
                ObjectNode connect = JSON.createObjectNode().put("Container", id);
                connect.set("EndpointConfig", network.getValue());
                engine.post("/networks/" + network.getKey() + "/connect", connect);
            });
        }
    }

    private JsonNode container(String name) {
        return engine.container(name).orElseThrow();
    }

    /** What an owner can set, with what differs between any two containers taken out. */
    private static ObjectNode described(JsonNode container) {
        ObjectNode described = exactly(container);
        String shortId = container.path("Id").asText().substring(0, 12);
        ObjectNode config = (ObjectNode) described.path("Config");
        if (config.path("Hostname").asText().equals(shortId)) {
            config.remove("Hostname");
        }
        config.remove("Image");
        ObjectNode labels = (ObjectNode) config.path("Labels");
        labels.remove(List.of(
                Marks.CLUSTER, Marks.OPERATION, Marks.REPLACES, Marks.NODE, Marks.RESTART, DockerScene.CLUSTER_LABEL));
        config.set("Env", sorted(config.path("Env")));
        ((ObjectNode) described.path("HostConfig")).remove("RestartPolicy");
        // Its own id and name are among its names in each network (DNSNames since Docker 25). Before its first start it
        // may
        // have there the name under which it was prepared: see startsUnderItsOwnName.
        Set<String> own = Set.of(shortId, container.path("Name").asText().substring(1));
        described.path("Networks").forEach(endpoint -> {
            for (String names : List.of("Aliases", "DNSNames")) {
                ArrayNode others = JSON.createArrayNode();
                endpoint.path(names).forEach(name -> {
                    boolean prepared = names.equals("DNSNames")
                            && name.asText()
                                    .startsWith(container.path("Name").asText().substring(1) + "-next-");
                    if (!own.contains(name.asText()) && !prepared) {
                        others.add(name);
                    }
                });
                ((ObjectNode) endpoint).set(names, others);
            }
        });
        nameless(described);
        return described;
    }

    /** Anonymous volumes bear names of their own; the old one's are attached by name. */
    private static void nameless(ObjectNode described) {
        ObjectNode host = (ObjectNode) described.path("HostConfig");
        ArrayNode binds = JSON.createArrayNode();
        host.path("Binds").forEach(bind -> {
            if (!bind.asText().matches("[0-9a-f]{64}:.*")) {
                binds.add(bind);
            }
        });
        host.set("Binds", binds);
        host.path("Mounts").forEach(mount -> {
            if (mount.path("Source").asText().matches("[0-9a-f]{64}")) {
                ((ObjectNode) mount).remove("Source");
            }
        });
        Set<String> targets = new TreeSet<>();
        described.path("Mounts").forEach(mount -> {
            boolean anonymous = mount.path("Name").asText().matches("[0-9a-f]{64}");
            targets.add(mount.path("Destination").asText() + " "
                    + mount.path("Type").asText() + " "
                    + (anonymous ? "anonymous" : mount.path("Source").asText()) + " "
                    + mount.path("RW").asBoolean());
        });
        // The old image's declared volume holds data, so it stays attached although the new image does not declare it.
        targets.removeIf(target -> target.startsWith("/declared-15 "));
        described.set("Mounts", JSON.valueToTree(targets));
    }

    /** Says which fields differ, for nobody finds them in two pages of JSON. */
    private static void assertSame(ObjectNode expected, ObjectNode found) {
        Map<String, String> differences = new TreeMap<>();
        Map<String, String> wanted = flat(expected);
        Map<String, String> is = flat(found);
        wanted.forEach((path, value) -> {
            if (!value.equals(is.get(path))) {
                differences.put(path, "expected " + value + ", found " + is.get(path));
            }
        });
        is.forEach((path, value) -> {
            if (!wanted.containsKey(path)) {
                differences.put(path, "expected nothing, found " + value);
            }
        });
        assertThat(differences).isEmpty();
    }

    /** Null, empty and absent mean the same to the engine. */
    private static Map<String, String> flat(JsonNode node) {
        Map<String, String> flat = new TreeMap<>();
        flatten("", node, flat);
        return flat;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> flat) {
        if (node.isObject()) {
            node.fields().forEachRemaining(field -> flatten(path + "/" + field.getKey(), field.getValue(), flat));
            if (node.isEmpty() && !path.isEmpty()) {
                flat.put(path + "/", "{}");
            }
        } else if (!node.isNull() && !(node.isArray() && node.isEmpty())) {
            flat.put(path, node.toString());
        }
    }

    private static ObjectNode exactly(JsonNode container) {
        ObjectNode exactly = JSON.createObjectNode();
        exactly.set("Config", container.path("Config").deepCopy());
        ObjectNode hostConfig = container.path("HostConfig").deepCopy();
        exactly.set("HostConfig", hostConfig);
        exactly.set(
                "Networks", container.path("NetworkSettings").path("Networks").deepCopy());
        // The engine lists them in no order.
        TreeMap<String, JsonNode> mounts = new TreeMap<>();
        container
                .path("Mounts")
                .forEach(mount -> mounts.put(mount.path("Destination").asText(), mount));
        exactly.set("Mounts", JSON.valueToTree(mounts.values()));
        return exactly;
    }

    private static List<String> volumesOf(JsonNode container) {
        List<String> attached = new ArrayList<>();
        container.path("Mounts").forEach(mount -> {
            if (!mount.path("Name").asText().isEmpty()) {
                attached.add(mount.path("Name").asText() + ":"
                        + mount.path("Destination").asText() + ":"
                        + mount.path("RW").asBoolean());
            }
        });
        return attached;
    }

    private static ArrayNode sorted(JsonNode values) {
        Set<String> texts = new TreeSet<>();
        values.forEach(value -> texts.add(value.asText()));
        ArrayNode sorted = JSON.createArrayNode();
        texts.forEach(sorted::add);
        return sorted;
    }

    private void build(Path directory, String version, String number, String signal) {
        try {
            Path context = Files.createDirectory(directory.resolve(number));
            Files.writeString(context.resolve("Dockerfile"), DOCKERFILE.formatted(version, number, signal));
            docker.buildImageCmd(context.toFile())
                    .withTags(Set.of(repository + ":" + version))
                    .exec(new BuildImageResultCallback())
                    .awaitImageId();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hex() {
        return Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0xffff));
    }
}
