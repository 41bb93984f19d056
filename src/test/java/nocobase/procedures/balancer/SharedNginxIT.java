package nocobase.procedures.balancer;

import static nocobase.procedures.balancer.DockerCommand.docker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * An nginx that belongs to somebody else: their settings around our include, their servers beside ours, two of our
 * clusters behind it. The "nodes" are servers of that same nginx.
 */
@Requires("docker")
class SharedNginxIT {

    private static final String DIRECTORY = DockerScene.BALANCER_DIRECTORY;
    private static final String LINK = "dGhlLXNlY3JldC1vZi10aGUtbGluaw_-shared";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** What an owner may have written: a format with all cookies, limits, caches, and names much like ours. */
    private static final String THEIRS = """
            log_format everything '$remote_addr "$request" $status "$http_cookie" "$http_referer" "$sent_http_set_cookie"';
            access_log /dev/stdout everything;
            rewrite_log on;
            limit_req_zone $binary_remote_addr zone=clients:1m rate=1000r/s;
            limit_req zone=clients burst=1000 nodelay;
            open_file_cache max=100 inactive=10m;
            open_file_cache_valid 10m;
            proxy_cache_path /tmp/their-cache keys_zone=theirs:1m;
            proxy_cache theirs;
            proxy_cache_valid any 10m;
            proxy_intercept_errors on;
            proxy_set_header X-Theirs yes;
            add_header X-Theirs yes always;
            error_page 502 503 504 /their-error.html;
            gzip on;
            map $http_upgrade $connection_upgrade { default upgrade; '' close; }
            map $http_accept_language $language { default theirs; }
            upstream nodes { server 127.0.0.1:9001; }
            include %s/*.conf;
            server {
                listen 80;
                server_name shop.example;
                location / { return 200 "the shop"; }
            }
            server {
                listen 9001;
                location = /api/__health_check { return 200 "ok"; }
                location = /api/cookie { return 200 "cookies: $http_cookie"; }
                location = /api/broken { default_type application/json; return 503 '{"error":{"code":"APP_COMMANDING"}}'; }
                location / { return 200 "first $request_id"; }
            }
            server {
                listen 9002;
                location / { return 200 "ok"; }
            }
            """.formatted(DIRECTORY);

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private static DockerScene scene;
    private static DockerCluster host;
    private static NginxBalancer balancer;

    private final OperationId operation = OperationId.next(scene.name());
    private final Instant since = Instant.now();

    @BeforeAll
    static void startScene() {
        scene = DockerScene.of(0)
                .withoutDatabase()
                .balancerImage(NginxBalancerIT.image())
                .start();
        host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC());
        DockerScene.copy(scene.balancerContainer(), "/etc/nginx/conf.d", "default.conf", THEIRS);
        inNginx("nginx", "-s", "reload");
        balancer = balancer(scene.name(), Map.of());
        put(balancer, new Route.Nodes(List.of(node(1))));
    }

    @AfterAll
    static void removeScene() {
        host.close();
        scene.close();
    }

    @AfterEach
    void leaveNothingBehind() {
        inNginx("rm", "-rf", "/etc/nginx/conf.d/fault.conf", DIRECTORY + "/" + scene.name() + ".server");
    }

    @Test
    void theirSettingsAroundOursDisturbNeither() throws Exception {
        put(balancer, new Route.Nodes(List.of(node(1), node(2))));
        put(balancer, closed());
        assertThat(get("/").body()).contains(operation.value());
        balancer.route(closed().showing(MaintenanceStep.RESTORING, null));
        assertThat(get("/").body()).as("their open_file_cache").contains("Restoring the safety copy");
        put(balancer, underTest());
        put(balancer, new Route.Nodes(List.of(node(1))));
        assertThat(get("/x").body())
                .as("their proxy_cache")
                .isNotEqualTo(get("/x").body());
        assertThat(get("/api/broken").body()).as("their proxy_intercept_errors").contains("APP_COMMANDING");
        assertThat(docker("exec", scene.balancerContainer(), "bash", "-c", """
                exec 3<>/dev/tcp/127.0.0.1/80
                printf 'GET / HTTP/1.0\\r\\nHost: shop.example\\r\\n\\r\\n' >&3; cat <&3"""))
                .contains("the shop", "X-Theirs: yes")
                .doesNotContain("X-Procedures-Route");
        assertThat(balancer.check(List.of())).extracting(Check::result).containsOnly(Check.Result.PASS);
    }

    @Test
    void theSecretIsInNoLogOfTheirsAndInNoRequestToTheNode() throws Exception {
        put(balancer, underTest());
        String cookie = "ncp_" + scene.name() + "=" + LINK;
        get("/" + LINK);
        get("/" + LINK + "/mistyped");
        get("/admin", cookie);
        get("/ws", cookie);
        get("/nothing", cookie);
        assertThat(get("/api/cookie", cookie).body()).isEqualTo("cookies: ");
        assertThat(get("/api/cookie", "a=1; " + cookie).body()).isEqualTo("cookies: a=1");
        assertThat(get("/api/cookie", cookie + "; b=2").body()).isEqualTo("cookies: b=2");
        assertThat(get("/api/cookie", "a=1; " + cookie + "; b=2").body()).isEqualTo("cookies: a=1; b=2");
        String last = "/last-of-" + operation;
        get(last, "public=yes");
        await().atMost(LIMIT).until(() -> log().contains(last));
        assertThat(log()).contains("public=yes").doesNotContain(LINK);
        assertThat(docker("exec", scene.balancerContainer(), "nginx", "-T"))
                .as("the secret lies where only nginx's own container has it")
                .contains(LINK);
    }

    @Test
    void theOldLinkAndItsCookieLetNobodyInOnceTheTestIsOver() throws Exception {
        put(balancer, underTest());
        put(balancer, closed());
        assertThat(get("/api/cookie", "ncp_" + scene.name() + "=" + LINK).statusCode())
                .isEqualTo(503);
        String next = "dGhlLW5leHQtc2VjcmV0LW9mLXRoZS1saW5r";
        put(balancer, closed().withWayIn(node(1), next));
        assertThat(get("/api/cookie", "ncp_" + scene.name() + "=" + LINK).statusCode())
                .isEqualTo(503);
        assertThat(get("/" + LINK).statusCode()).isEqualTo(503);
        assertThat(get("/api/cookie", "ncp_" + scene.name() + "=" + next).statusCode())
                .isEqualTo(200);
    }

    @Test
    void linesOfTheirsForOurServerAreKept() throws Exception {
        inNginx("mkdir", "-p", DIRECTORY + "/" + scene.name() + ".server");
        DockerScene.copy(
                scene.balancerContainer(),
                DIRECTORY + "/" + scene.name() + ".server",
                "headers.conf",
                "add_header Strict-Transport-Security \"max-age=31536000\" always;\n");
        for (Route route : List.of(new Route.Nodes(List.of(node(1))), underTest(), new Route.Nodes(List.of(node(2))))) {
            put(balancer, route);
            String path = route instanceof Route.Nodes ? "/x" : "/api/cookie";
            assertThat(get(path, "ncp_" + scene.name() + "=" + LINK).headers().firstValue("Strict-Transport-Security"))
                    .contains("max-age=31536000");
        }
    }

    @Test
    void aFaultInTheirFilesChangesNothingAndIsNamed() throws Exception {
        put(balancer, new Route.Nodes(List.of(node(1))));
        String generation = generation();
        DockerScene.copy(scene.balancerContainer(), "/etc/nginx/conf.d", "fault.conf", "\n\nlisten_to everything;\n");
        assertThatThrownBy(() -> balancer.route(closed()))
                .isInstanceOfSatisfying(CannotProceedException.class, refused -> {
                    assertThat(refused.failure().what())
                            .contains(
                                    scene.balancerContainer(),
                                    "unknown directive \"listen_to\" in /etc/nginx/conf.d/fault.conf:3",
                                    "The present route stays in force");
                    assertThat(refused.failure().remedy())
                            .contains("Correct line 3 of /etc/nginx/conf.d/fault.conf", "nginx -t", "retry");
                });
        assertThat(generation()).isEqualTo(generation);
        assertThat(balancer.prove(new Route.Nodes(List.of(node(1))))).isInstanceOf(Progress.Done.class);
        inNginx("rm", "/etc/nginx/conf.d/fault.conf");
        inNginx("nginx", "-s", "reload");
        put(balancer, closed());
    }

    @Test
    void twoClustersBehindOneNginx() throws Exception {
        // A second name for the same address, which any resolver knows: the address as one number.
        String second = new BigInteger(1, InetAddress.getByName(address()).getAddress()).toString();
        String cluster = scene.name() + "-two";
        NginxBalancer other = balancer(
                cluster, Map.of("balancer.url", "http://" + second, "balancer.server-names", "two.example " + second));
        NginxBalancer one = balancer(scene.name(), Map.of("balancer.server-names", "one.example"));
        try {
            put(one, closed());
            put(other, new Route.Nodes(List.of(node(2))));
            until(() -> one.prove(closed()));
            put(other, closed());
            put(one, new Route.Nodes(List.of(node(1))));
            until(() -> other.prove(closed()));
            assertThat(one.check(List.of())).extracting(Check::result).containsOnly(Check.Result.PASS);
            assertThat(other.check(List.of())).extracting(Check::result).containsOnly(Check.Result.PASS);
        } finally {
            inNginx("rm", "-f", DIRECTORY + "/" + cluster + ".conf");
            put(balancer, closed());
        }
    }

    @Test
    void anAddressThatIsAnotherClustersIsFoundBeforeAnythingIsTouched() {
        put(balancer, closed());
        NginxBalancer other = balancer(scene.name() + "-two", Map.of());
        assertThat(other.check(List.of()))
                .filteredOn(check -> check.result() == Check.Result.FAIL)
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.finding())
                            .contains(
                                    "by another cluster's server block (" + DIRECTORY + "/" + scene.name() + ".conf)");
                    assertThat(check.remedy()).contains("server-names", "url", "listen");
                });
    }

    @Test
    void recreatedBehindThe503PageItIsStill503WithTheSameRoute() throws Exception {
        put(balancer, underTest());
        String generation = generation();
        docker("rm", "-f", scene.balancerContainer());
        docker(
                "create",
                "--name",
                scene.balancerContainer(),
                "--label",
                DockerScene.TEST_LABEL + "=true",
                "--network",
                scene.network(),
                "-v",
                scene.name() + "-nginx:" + DIRECTORY,
                NginxBalancerIT.image());
        DockerScene.copy(scene.balancerContainer(), "/etc/nginx/conf.d", "default.conf", THEIRS);
        docker("start", scene.balancerContainer());
        await().atMost(LIMIT).ignoreExceptions().until(() -> get("/").statusCode() == 503);
        assertThat(generation()).isEqualTo(generation);
        assertThat(get("/").body()).contains(operation.value());
        balancer = balancer(scene.name(), Map.of());
        assertThat(balancer.prove(underTest())).isInstanceOf(Progress.Done.class);
        put(balancer, new Route.Nodes(List.of(node(1))));
    }

    // How the tests do it

    private static void put(NginxBalancer balancer, Route route) {
        balancer.route(route);
        until(() -> balancer.prove(route));
    }

    private static void until(Supplier<Progress<String>> proof) {
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> proof.get() instanceof Progress.Done);
    }

    private Route.Maintenance closed() {
        return Route.Maintenance.closed(operation, since);
    }

    private Route.Maintenance underTest() {
        return closed().withWayIn(node(1), LINK);
    }

    /** Not a name that nginx's container can resolve: it is asked by its address. */
    private static Node node(int number) {
        URI url = URI.create("http://127.0.0.1:900" + number);
        return new Node("app-" + number, NodeState.RUNNING, "image", null, false, url, Instant.EPOCH);
    }

    private static NginxBalancer balancer(String cluster, Map<String, String> changes) {
        return new NginxBalancer(cluster, scene.settings(changes).balancer(), host.containers(), Clock.systemUTC());
    }

    private static String address() {
        return scene.balancerUrl().getHost();
    }

    private static String generation() throws IOException, InterruptedException {
        return get("/").headers().firstValue(ServerBlock.ROUTE_HEADER).orElse("");
    }

    private static HttpResponse<String> get(String path, String... cookie) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(scene.balancerUrl().resolve(path)).timeout(LIMIT);
        if (cookie.length > 0) {
            request.header("Cookie", cookie[0]);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String log() {
        return docker("logs", scene.balancerContainer());
    }

    private static void inNginx(String... command) {
        docker(Stream.concat(Stream.of("exec", scene.balancerContainer()), Stream.of(command))
                .toArray(String[]::new));
    }
}
