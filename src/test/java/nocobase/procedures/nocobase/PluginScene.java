package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.NocoBase.Readiness;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;

/** The application's port on a scene's containers, and somebody who repeats its calls as a watcher does. */
final class PluginScene implements AutoCloseable {

    static final Duration CALL = Duration.ofSeconds(20);
    private static final Version VERSION = Version.parse("2.2.15");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    final NocoBase nocobase;
    /** What it was busy with, as people are told. */
    final List<String> seen = new ArrayList<>();

    private final DockerScene scene;
    private final DockerCluster host;
    // HTTP/1.1: an upgrade header makes NocoBase's gateway close the connection.
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    PluginScene(DockerScene scene) {
        this.scene = scene;
        this.host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC());
        this.nocobase =
                new NocoBaseFactory(Clock.systemUTC()).create(scene.settings(), host.runtime(), host.containers());
    }

    Node first() {
        return node(1);
    }

    private Node node(int number) {
        return host.runtime().observe().node(scene.node(number)).orElseThrow();
    }

    /** Scales, and awaits that each node of the scale is ready. */
    void start(Scale scale) {
        scale.nodesOf(untilDone(() -> host.runtime().scale(scale)))
                .forEach(node -> untilDone(() -> nocobase.ready(node, VERSION)));
    }

    Readiness readiness(int number) {
        return untilDone(() -> nocobase.ready(node(number), VERSION));
    }

    /** The status of a route that needs an account: 401 where it is loaded, 404 where it is not. */
    int routeAnswers(int number, String route) {
        HttpRequest request = HttpRequest.newBuilder(scene.nodeUrl(number).resolve("/api/" + route))
                .timeout(CALL)
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The exit code of a command in the first node. */
    int exec(String... command) {
        return host.containers().exec(scene.node(1), List.of(command), CALL).exitCode();
    }

    void file(String directory, String name, byte[] content) {
        host.containers().write(scene.node(1), directory + "/" + name, content, 0644);
    }

    <T> T untilDone(Supplier<Progress<T>> call) {
        Progress<T> progress = until(call);
        assertThat(progress).isInstanceOf(Progress.Done.class);
        return ((Progress.Done<T>) progress).result();
    }

    <T> Failure untilFailed(Supplier<Progress<T>> call) {
        Progress<T> progress = until(call);
        assertThat(progress).isInstanceOf(Progress.Failed.class);
        return ((Progress.Failed<T>) progress).failure();
    }

    private <T> Progress<T> until(Supplier<Progress<T>> call) {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).until(call::get, progress -> {
            if (progress instanceof Progress.Pending<T> pending) {
                seen.add(pending.text());
            }
            return !(progress instanceof Progress.Pending);
        });
    }

    @Override
    public void close() {
        host.close();
    }
}
