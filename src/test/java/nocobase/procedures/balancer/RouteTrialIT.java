package nocobase.procedures.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What nginx would refuse behind the 503 page it refuses before, with the owner's files, and nothing comes into force. */
@Requires("docker")
class RouteTrialIT {

    private static final String LINK = "dGhlLXNlY3JldC1vZi10aGUtbGluaw";

    private DockerScene scene;
    private DockerCluster host;
    private NginxBalancer balancer;

    @BeforeEach
    void start() {
        scene = DockerScene.of(1).start();
        scene.startNode(1);
        host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC());
        balancer = balancer();
        put(balancer, closed());
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            HttpURLConnection asked = (HttpURLConnection)
                    scene.nodeUrl(1).resolve("/api/__health_check").toURL().openConnection();
            return asked.getResponseCode() == 200;
        });
    }

    @AfterEach
    void remove() {
        host.close();
        scene.close();
    }

    @Test
    void aConfigurationOnOneLineIsReadAsNginxReadsIt() {
        sh("printf '%s' 'events {} http { access_log off; include \"" + DockerScene.BALANCER_DIRECTORY
                + "/*.conf\"; }' > /etc/nginx/nginx.conf && nginx -s reload");
        assertThat(result("Balancer's directory")).isEqualTo(Check.Result.PASS);
        sh("printf '%s' '# include " + DockerScene.BALANCER_DIRECTORY
                + "/*.conf;\nevents {} http { access_log off; }' > /etc/nginx/nginx.conf");
        assertThat(result("Balancer's directory")).isEqualTo(Check.Result.FAIL);
    }

    @Test
    void theOwnersLimitsWin() {
        owners("limits.conf", "client_max_body_size 20m;\\nproxy_read_timeout 33s; proxy_buffering on;");
        assertThat(result("Balancer's configuration"))
                .as("the route in force has its own still")
                .isEqualTo(Check.Result.WARN);
        assertThat(result("Routes that may be needed")).isEqualTo(Check.Result.PASS);
        NginxBalancer unaware = balancer();
        Route.Maintenance later = Route.Maintenance.closed(closed().operation(), Instant.EPOCH.plusSeconds(60));
        for (Route route : List.of(later, later.withWayIn(node(), LINK), new Route.Nodes(List.of(node())))) {
            put(unaware, route);
            assertThat(balancer.check(List.of(node())))
                    .extracting(Check::result)
                    .containsOnly(Check.Result.PASS);
            assertThat(live())
                    .contains("# client_max_body_size: as its owner says.")
                    .doesNotContain("2g");
            await("after our restart")
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> balancer().prove(route) instanceof Progress.Done);
        }
        assertThat(live()).doesNotContain("proxy_read_timeout 10m;").contains("proxy_read_timeout 1h;");

        sh("rm " + DockerScene.BALANCER_DIRECTORY + "/" + scene.name() + ".server/limits.conf");
        balancer.check(List.of(node()));
        put(balancer, new Route.Nodes(List.of(node())));
        assertThat(live()).contains("client_max_body_size 2g;", "proxy_read_timeout 10m;");
    }

    @Test
    void whatNginxWouldRefuseLaterIsFoundAndTheOwnersFileNamed() {
        String before = live();
        owners("own.conf", "proxy_intercept_errors on;");
        assertThat(result("Balancer's configuration"))
                .as("as it is, nginx has nothing against it")
                .isEqualTo(Check.Result.PASS);
        Check refused = check("Routes that may be needed");
        assertThat(refused.result()).isEqualTo(Check.Result.FAIL);
        assertThat(refused.finding()).contains("the private link", "proxy_intercept_errors");
        assertThat(refused.remedy()).contains(DockerScene.BALANCER_DIRECTORY + "/" + scene.name() + ".server/own.conf");
        assertThat(live()).isEqualTo(before);
        assertThat(sh("ls /tmp")).doesNotContain("ncp-trial");
        assertThat(balancer.prove(closed())).isInstanceOf(Progress.Done.class);
    }

    @Test
    void nginxItselfAsksEachNode() {
        assertThat(result("Nodes as nginx reaches them")).isEqualTo(Check.Result.PASS);
        Node elsewhere = node(URI.create("http://192.0.2.7:13000"), "not-in-this-network");
        Check silent = balancer.check(List.of(node(), elsewhere)).stream()
                .filter(check -> check.name().equals("Nodes as nginx reaches them"))
                .findFirst()
                .orElseThrow();
        assertThat(silent.result()).isEqualTo(Check.Result.FAIL);
        assertThat(silent.finding())
                .contains("not-in-this-network (192.0.2.7:13000)")
                .doesNotContain(scene.node(1));
    }

    private NginxBalancer balancer() {
        return new NginxBalancer(scene.name(), scene.settings().balancer(), host.containers(), Clock.systemUTC());
    }

    private Check.Result result(String check) {
        return check(check).result();
    }

    private Check check(String name) {
        return balancer.check(List.of(node())).stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void owners(String file, String text) {
        String directory = DockerScene.BALANCER_DIRECTORY + "/" + scene.name() + ".server";
        sh("mkdir -p " + directory + " && printf '" + text + "\\n' > " + directory + "/" + file);
    }

    private String live() {
        return sh("cat " + DockerScene.BALANCER_DIRECTORY + "/" + scene.name() + ".conf");
    }

    private String sh(String script) {
        ExecResult result =
                host.containers().exec(scene.balancerContainer(), List.of("sh", "-c", script), Duration.ofSeconds(10));
        assertThat(result.succeeded()).as(result.output()).isTrue();
        return result.output();
    }

    private Route.Maintenance closed() {
        return Route.Maintenance.closed(new OperationId(scene.name() + "-abcdefgh"), Instant.EPOCH);
    }

    private Node node() {
        return node(scene.nodeUrl(1), scene.node(1));
    }

    private static Node node(URI url, String name) {
        return new Node(name, NodeState.RUNNING, "local/stand-in:2.2.15", null, false, url, Instant.EPOCH);
    }

    private static void put(NginxBalancer balancer, Route route) {
        balancer.route(route);
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> balancer.prove(route) instanceof Progress.Done);
    }
}
