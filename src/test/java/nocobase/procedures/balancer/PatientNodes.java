package nocobase.procedures.balancer;

import static nocobase.procedures.balancer.DockerCommand.docker;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.docker.DockerScene;

/** Nodes whose requests last as long as they are told to (patient-node.py), in containers of the scene's. */
final class PatientNodes {

    private static final String SCRIPT = "src/test/resources/balancer/patient-node.py";

    private final DockerScene scene;

    PatientNodes(DockerScene scene, int count) {
        this.scene = scene;
        IntStream.rangeClosed(1, count).forEach(this::create);
        IntStream.rangeClosed(1, count).forEach(this::start);
    }

    String name(int number) {
        return scene.name() + "-patient-" + number;
    }

    /** Removed with the scene, whose name it bears. */
    private void create(int number) {
        try {
            docker(
                    "create",
                    "--name",
                    name(number),
                    "--label",
                    DockerScene.TEST_LABEL + "=true",
                    "--network",
                    scene.network(),
                    "local/stand-in:2.2.15",
                    "python3",
                    "-c",
                    Files.readString(Path.of(SCRIPT)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    void start(int number) {
        docker("start", name(number));
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            ask(number, "/api/__health_check");
            return true;
        });
    }

    /** Lets the node answer what it holds. */
    void release(int number) {
        try {
            ask(number, "/api/release");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void ask(int number, String path) throws IOException {
        URLConnection connection = url(number).resolve(path).toURL().openConnection();
        connection.setReadTimeout(2_000);
        connection.getInputStream().close();
    }

    void kill(int number) {
        docker("kill", name(number));
    }

    Node node(int number) {
        return new Node(
                name(number), NodeState.RUNNING, "local/stand-in:2.2.15", null, false, url(number), Instant.EPOCH);
    }

    List<Node> nodes(int... numbers) {
        return IntStream.of(numbers).mapToObj(this::node).toList();
    }

    private URI url(int number) {
        return URI.create("http://" + scene.address(name(number)) + ":13000");
    }
}
