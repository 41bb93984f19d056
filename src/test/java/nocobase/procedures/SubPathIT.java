package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodePaths;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A NocoBase that answers below a path of its own, on the real image: probes, routes, page and private link follow it. */
@Requires({"docker", "nocobase"})
class SubPathIT {

    private static final Version VERSION = Version.parse("2.2.15");
    private static final String LINK = "dGhlLXNlY3JldC1vZi10aGUtbGluaw";

    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();

    @Test
    void everythingFollowsTheNodesOwnSettings() throws Exception {
        try (EmbeddedPostgres engine = EmbeddedPostgres.start();
                DockerScene scene = DockerScene.of(2)
                        .image("local/nocobase", VERSION.toString())
                        .environment("APP_PUBLIC_PATH", "/nocobase/")
                        .environment("WS_PATH", "/socket")
                        .start();
                DockerClusters clusters =
                        new DockerClusters(EngineTables.in(engine.getPostgresDatabase()), Clock.systemUTC())) {
            Cluster cluster = clusters.create(scene.name(), scene.settings());
            for (Scale scale : List.of(Scale.first(), Scale.all(Set.of()))) {
                done(() -> cluster.runtime().scale(scale));
                scale.nodesOf(cluster.runtime().observe())
                        .forEach(node -> done(() -> cluster.application()
                                .ready(
                                        cluster.runtime()
                                                .observe()
                                                .node(node.name())
                                                .orElseThrow(),
                                        VERSION)));
            }
            List<Node> nodes = cluster.runtime().observe().nodes();
            assertThat(nodes)
                    .extracting(Node::paths)
                    .containsOnly(new NodePaths("/nocobase/", "/nocobase/api/", "/nocobase/socket"));

            Route all = new Route.Nodes(nodes);
            cluster.balancer().route(all);
            done(() -> cluster.balancer().prove(all));
            assertThat(cluster.balancer().seen().kind()).isEqualTo(Seen.Kind.SERVED);
            assertThat(failures(cluster, nodes)).isEmpty();
            webSocketOpens(scene.balancerUrl());

            Route.Maintenance page = Route.Maintenance.closed(OperationId.next(scene.name()), Instant.EPOCH);
            cluster.balancer().route(page);
            done(() -> cluster.balancer().prove(page));
            HttpResponse<String> api = get(scene.balancerUrl().resolve("/nocobase/api/app:getInfo"));
            assertThat(api.statusCode()).isEqualTo(503);
            assertThat(api.body()).contains("\"maintaining\":true");

            Route.Maintenance way = page.withWayIn(nodes.get(0), LINK);
            cluster.balancer().route(way);
            done(() -> cluster.balancer().prove(way));
            URI link = cluster.balancer().privateLink(LINK);
            assertThat(link).hasPath("/nocobase/" + LINK);
            assertThat(get(link).headers().firstValue("Location")).hasValue("/nocobase/");
        }
    }

    private static List<Check> failures(Cluster cluster, List<Node> nodes) {
        List<Check> checks = new ArrayList<>(cluster.runtime().check(null));
        checks.addAll(cluster.application().check(null));
        checks.addAll(cluster.balancer().check(nodes));
        return checks.stream()
                .filter(check -> check.result() == Check.Result.FAIL)
                .toList();
    }

    private void webSocketOpens(URI balancer) throws Exception {
        URI address = URI.create("ws://" + balancer.getAuthority() + "/nocobase/socket");
        WebSocket socket = client.newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(10))
                .buildAsync(address, new WebSocket.Listener() {})
                .get(20, TimeUnit.SECONDS);
        socket.abort();
    }

    private HttpResponse<String> get(URI address) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static <T> T done(Supplier<Progress<T>> call) {
        AtomicReference<Progress<T>> last = new AtomicReference<>();
        Awaitility.await()
                .atMost(Duration.ofMinutes(4))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    last.set(call.get());
                    return !(last.get() instanceof Progress.Pending);
                });
        assertThat(last.get()).isInstanceOf(Progress.Done.class);
        return ((Progress.Done<T>) last.get()).result();
    }
}
