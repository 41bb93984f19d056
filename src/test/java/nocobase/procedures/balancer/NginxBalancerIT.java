package nocobase.procedures.balancer;

import static nocobase.procedures.balancer.DockerCommand.docker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nocobase.procedures.MovableClock;
import nocobase.procedures.Requires;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.MayHealException;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real nginx before two stand-in nodes. Each test begins with the 503 page in force. */
@Requires("docker")
class NginxBalancerIT {

    /** {@code -Dbalancer.image=local/nginx:new} for these tests with a newer nginx. */
    static String image() {
        return System.getProperty("balancer.image", "local/nginx:1");
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private static DockerScene scene;
    private static DockerCluster host;
    private static RecordedContainers containers;
    private static NginxBalancer balancer;
    private static OperationId operation;

    private static final Instant SINCE = Instant.now();

    /** Another one for each test: they share one log. */
    private String link;

    @BeforeAll
    static void startScene() {
        scene = DockerScene.of(2).balancerImage(image()).start();
        host = new DockerCluster(scene.name(), scene.settings(), Clock.systemUTC());
        containers = new RecordedContainers(host.containers());
        operation = OperationId.next(scene.name());
        balancer = balancer(containers, Clock.systemUTC());
        scene.startNode(1);
        awaitHealthy(1);
        scene.startNode(2);
        awaitHealthy(2);
    }

    @AfterAll
    static void removeScene() {
        host.close();
        scene.close();
    }

    @BeforeEach
    void closeForEverybody() {
        link = "dGhlLXNlY3JldC1vZi10aGUtbGluaw_-way-in-"
                + OperationId.next(scene.name()).shortId();
        put(balancer, closed());
    }

    @AfterEach
    void leaveNoFaultBehind() {
        inNginx("rm", "-f", DockerScene.BALANCER_DIRECTORY + "/zz-fault.conf");
    }

    // The 503 page

    @Test
    void everybodyGets503WithRetryAfterWhateverTheyAskFor() throws Exception {
        for (String path : List.of("/", "/admin/page?x=1", "/api/users:list", "/ws", "/nothing.png")) {
            for (String method : List.of("GET", "POST", "HEAD", "DELETE")) {
                HttpResponse<String> answer = send(method, path);
                assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(503);
                assertThat(header(answer, "Retry-After"))
                        .as(method + " " + path)
                        .isEqualTo("15");
                assertThat(header(answer, "Cache-Control"))
                        .as(method + " " + path)
                        .isEqualTo("no-store");
                assertThat(header(answer, "X-Procedures-Route")).matches("[0-9a-f]{12}");
            }
        }
    }

    @Test
    void thePageAskedForByItsNameIs503Too() throws Exception {
        String page = "/" + scene.name() + ".maintenance.en.html";
        assertThat(send("GET", page).statusCode()).isEqualTo(503);
        assertThat(send("GET", page + "x").statusCode()).isEqualTo(503);
    }

    @Test
    void theApiAnswersInNocoBasesShape() throws Exception {
        HttpResponse<String> answer = send("POST", "/api/auth:signIn");
        assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
        JsonNode body = JSON.readTree(answer.body());
        assertThat(body.at("/error/status").asInt()).isEqualTo(503);
        assertThat(body.at("/error/maintaining").asBoolean()).isTrue();
        assertThat(body.at("/error/code").asText()).isEqualTo("MAINTENANCE");
        assertThat(body.at("/errors/0/code").asText()).isEqualTo("MAINTENANCE");
        assertThat(body.at("/errors/0/message").asText())
                .contains(SINCE.toString().substring(0, 16));
    }

    @Test
    void thePageSpeaksTheLanguageThatTheBrowserPrefers() throws Exception {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR");
        expected.put("pt", "pt-BR");
        expected.put("de,PT;q=0.5", "pt-BR");
        expected.put("en-US,en;q=0.9,pt;q=0.1", "en");
        expected.put("en;q=0.5,pt-BR;q=0.9", "pt-BR");
        expected.put("en;q=0.8, fr, pt", "pt-BR");
        expected.put("pt;q=0.7,en;q=0.7", "pt-BR");
        expected.put("en;q=0.7,pt;q=0.7", "en");
        expected.put("pt;q=0,en;q=0.1", "en");
        expected.put("pt;q=0", "en");
        expected.put("en;q=0,pt;q=0.3", "pt-BR");
        expected.put("pt;q=1.0,en;q=0.9", "pt-BR");
        expected.put("fr;q=0.9,pt-PT ; q=0.8,*;q=0.5", "pt-BR");
        expected.put("ent,apt,spt", "en");
        expected.put("de-DE", "en");
        expected.put("", "en");
        for (Map.Entry<String, String> wish : expected.entrySet()) {
            HttpResponse<String> answer = send("GET", "/", "Accept-Language", wish.getKey());
            assertThat(answer.body())
                    .as(wish.getKey())
                    .contains("<html lang=\"" + wish.getValue() + "\">", operation.value());
            assertThat(header(answer, "Content-Type")).isEqualTo("text/html; charset=utf-8");
        }
    }

    @Test
    void theStepChangesOnThePageWithoutAReload() throws Exception {
        long reloads = reloads(containers);
        String generation = header(send("GET", "/"), "X-Procedures-Route");
        Route.Maintenance told = closed().showing(MaintenanceStep.BACKING_UP, SINCE.plus(Duration.ofMinutes(10)));
        balancer.route(told);
        assertThat(balancer.prove(told)).isInstanceOf(Progress.Done.class);
        assertThat(balancer.prove(closed())).isInstanceOf(Progress.Done.class);
        HttpResponse<String> page = send("GET", "/", "Accept-Language", "pt-BR");
        assertThat(page.body()).contains("Fazendo uma cópia de segurança", "Retorno previsto por volta de");
        assertThat(header(page, "X-Procedures-Route")).isEqualTo(generation);
        HttpResponse<String> api = send("GET", "/api/app:getInfo", "Accept-Language", "pt-BR");
        assertThat(JSON.readTree(api.body()).at("/maintenance/step").asText()).isEqualTo("BACKING_UP");
        assertThat(JSON.readTree(api.body()).at("/error/message").asText()).contains("Fazendo uma cópia de segurança");
        balancer(containers, Clock.systemUTC()).route(closed().showing(MaintenanceStep.VERIFYING, null));
        assertThat(send("GET", "/").body())
                .contains("Checking that everything works")
                .doesNotContain("Expected back");
        assertThat(reloads(containers)).isEqualTo(reloads);
    }

    @Test
    void a503WithoutItsPageIsStill503AndNotProven() throws Exception {
        String page = DockerScene.BALANCER_DIRECTORY + "/" + scene.name() + ".maintenance.en.html";
        inNginx("chmod", "000", page);
        assertThat(send("GET", "/").statusCode()).isEqualTo(503);
        assertThat(header(send("GET", "/"), "Retry-After")).isEqualTo("15");
        assertThat(balancer.prove(closed()))
                .isInstanceOfSatisfying(
                        Progress.Pending.class,
                        pending -> assertThat(pending.text()).contains("503 without our page at /"));
        inNginx("rm", page);
        assertThat(send("POST", "/x").statusCode()).isEqualTo(503);
        put(balancer(containers, Clock.systemUTC()), closed());
    }

    @Test
    void aRestartedNginxIsStillBehind503AlsoWithTheNodeUnderTestGone() throws Exception {
        put(balancer, underTest());
        docker("stop", "-t", "0", scene.node(1));
        try {
            docker("restart", "-t", "1", scene.balancerContainer());
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .until(() -> send("GET", "/").statusCode() == 503);
        } finally {
            docker("start", scene.node(1));
            awaitHealthy(1);
        }
    }

    // The private link

    @Test
    void theLinkSetsACookieThatLeadsToTheNodeUnderTest() throws Exception {
        put(balancer, underTest());
        assertThat(balancer.prove(underTest()))
                .isEqualTo(Progress.done(
                        "Clients get the maintenance page (503); the private link reaches node " + scene.node(1)));

        HttpResponse<String> opened = send("GET", balancer.privateLink(link).getPath());
        assertThat(opened.statusCode()).isEqualTo(302);
        assertThat(header(opened, "Location")).isEqualTo("/");
        String[] cookie = header(opened, "Set-Cookie").split("; ");
        assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=86400");

        HttpResponse<String> inside = send("GET", "/api/app:getInfo", "Cookie", cookie[0]);
        assertThat(inside.statusCode()).isEqualTo(200);
        assertThat(inside.body()).contains("\"version\":\"2.2.15\"");
        assertThat(inside.headers().map()).doesNotContainKeys("Retry-After", "X-Procedures-Node");
        assertThat(send("GET", "/admin", "Cookie", "other=1; " + cookie[0]).statusCode())
                .isEqualTo(200);
    }

    @Test
    void withoutTheRightCookieThereIsNoWayIn() throws Exception {
        put(balancer, underTest());
        String name = balancerCookie();
        for (String cookie :
                List.of(name + "=", name + "=x" + link, name + "=" + link + "x", "x" + name + "=" + link)) {
            assertThat(send("GET", "/api/app:getInfo", "Cookie", cookie).statusCode())
                    .as(cookie)
                    .isEqualTo(503);
        }
        assertThat(send("GET", "/api/app:getInfo").statusCode()).isEqualTo(503);
        assertThatThrownBy(() -> webSocket(null)).hasCauseInstanceOf(WebSocketHandshakeException.class);
    }

    @Test
    void theCookieLeadsNowhereOnceTheTestIsOver() throws Exception {
        put(balancer, underTest());
        put(balancer, closed());
        assertThat(send("GET", "/api/app:getInfo", "Cookie", balancerCookie() + "=" + link)
                        .statusCode())
                .isEqualTo(503);
        assertThat(send("GET", "/" + link).statusCode()).isEqualTo(503);
    }

    /** Whoever verified has the cookie for a day; it must not keep him on the node that was under test. */
    @Test
    void theCookieMeansNothingOnceTheClusterIsOpen() throws Exception {
        put(balancer, underTest());
        put(balancer, new Route.Nodes(List.of(node(2))));
        docker("stop", "-t", "0", scene.node(1));
        try {
            HttpResponse<String> answer = send("GET", "/api/app:getInfo", "Cookie", balancerCookie() + "=" + link);
            assertThat(answer.statusCode()).as("from the second node").isEqualTo(200);
            HttpResponse<String> old = send("GET", "/" + link);
            assertThat(old.statusCode()).isNotEqualTo(302);
            assertThat(old.headers().map()).doesNotContainKey("Set-Cookie");
            assertThat(file()).doesNotContain(link, "cookie_");
        } finally {
            docker("start", scene.node(1));
            awaitHealthy(1);
        }
    }

    @Test
    void webSocketsPassTheWayIn() {
        put(balancer, underTest());
        webSocket(balancerCookie() + "=" + link).abort();
    }

    @Test
    void theSecretIsInNoLog() throws Exception {
        put(balancer, underTest());
        String cookie = balancerCookie() + "=" + link;
        send("GET", "/" + link);
        send("GET", "/" + link + "/", "Cookie", cookie);
        send("GET", "/" + link + "?again");
        send("GET", "/api/app:getInfo", "Cookie", cookie);
        String last = "/last-of-" + operation;
        send("GET", last);
        await().atMost(Duration.ofSeconds(5)).until(() -> log().contains(last));
        assertThat(log()).doesNotContain(link);
    }

    // The nodes

    @Test
    void clientsReachEveryNode() throws Exception {
        put(balancer, nodes());
        assertThat(balancer.prove(nodes()))
                .isEqualTo(Progress.done("Clients reach " + scene.node(1) + ", " + scene.node(2)));
        HttpResponse<String> answer = send("GET", "/api/__health_check");
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.headers().map()).doesNotContainKeys("X-Procedures-Node", "Retry-After");
        webSocket(null).abort();
    }

    @Test
    void aNodeThatDoesNotAnswerIsNamedByTheProof() {
        docker("stop", "-t", "0", scene.node(2));
        try {
            Node gone = node(2, URI.create("http://127.0.0.1:13000"));
            Route route = new Route.Nodes(List.of(node(1), gone));
            balancer.route(route);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> balancer.prove(route) instanceof Progress.Pending<String> pending
                            && pending.text().contains("not answering through the balancer yet: " + scene.node(2)));
        } finally {
            docker("start", scene.node(2));
            awaitHealthy(2);
        }
    }

    @Test
    void aNodeThatCameBackWithAnotherAddressIsNoticedAndFoundAfterTheNextRoute() {
        Route routed = nodes();
        put(balancer, routed);
        String before = scene.address(scene.node(2));
        docker("stop", "-t", "0", scene.node(2));
        String squatter = scene.name() + "-squatter";
        docker(
                "run",
                "-d",
                "--name",
                squatter,
                "--label",
                DockerScene.TEST_LABEL + "=true",
                "--network",
                scene.network(),
                "local/debian:bookworm",
                "sleep",
                "600");
        try {
            docker("start", scene.node(2));
            awaitHealthy(2);
            assertThat(scene.address(scene.node(2))).isNotEqualTo(before);
            assertThat(balancer.prove(routed))
                    .as("as the route was set")
                    .isInstanceOfSatisfying(
                            Progress.Pending.class,
                            pending -> assertThat(pending.text())
                                    .contains("not answering through the balancer yet: " + scene.node(2)));
            assertThat(balancer.prove(nodes()))
                    .as("as the node is found now")
                    .isEqualTo(Progress.pending("the balancer still answers with the previous route"));
            put(balancer, nodes());
        } finally {
            docker("rm", "-f", squatter);
        }
    }

    @Test
    void anOpenRequestIsAnsweredByItsNodeAcrossTheReload() throws Exception {
        put(balancer, nodes());
        try (Socket socket = new Socket(scene.balancerUrl().getHost(), 80)) {
            String start =
                    "POST /api/auth:signIn HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{";
            socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
            put(balancer, closed());
            socket.getOutputStream().write('}');
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            // 401: the node itself read the whole request and refuses the login.
            assertThat(answer).startsWith("HTTP/1.1 401");
        }
    }

    // Safety

    @Test
    void aRefusedConfigurationLeavesTheRouteAndItsFilesAsTheyWere() throws Exception {
        String before = file();
        write("zz-fault.conf", "this is no directive;\n");
        assertThatThrownBy(() -> balancer.route(nodes()))
                .isInstanceOfSatisfying(CannotProceedException.class, refused -> {
                    assertThat(refused.failure().what())
                            .contains("refuses the new configuration: unknown directive", "zz-fault.conf:1");
                    assertThat(refused.failure().remedy())
                            .startsWith("Correct line 1 of " + DockerScene.BALANCER_DIRECTORY + "/zz-fault.conf");
                    assertThat(refused.failure().logTail()).contains("unknown directive", "zz-fault.conf");
                });
        assertThat(file()).isEqualTo(before);
        assertThat(send("GET", "/").statusCode()).isEqualTo(503);
        inNginx("rm", DockerScene.BALANCER_DIRECTORY + "/zz-fault.conf");
        assertThat(containers
                        .exec(scene.balancerContainer(), List.of("nginx", "-t"), Duration.ofSeconds(5))
                        .succeeded())
                .isTrue();
    }

    /** nginx's own test accepts it, and yet its master process cannot be told. */
    @Test
    void aRefusedReloadLeavesTheRouteItsFilesAndItsPageAsTheyWere() throws Exception {
        Route.Maintenance present = closed().showing(MaintenanceStep.BACKING_UP, null);
        put(balancer, present);
        String file = file();
        HttpResponse<String> page = send("GET", "/");
        RecordedContainers refusing = new RecordedContainers(host.containers());
        refusing.refuse(
                "nginx -s reload", new ExecResult(1, "nginx: [alert] kill(1, 1) failed (3: No such process)\n"));

        assertThatThrownBy(() -> balancer(refusing, Clock.systemUTC())
                        .route(underTest().showing(MaintenanceStep.VERIFYING, null)))
                .isInstanceOfSatisfying(CannotProceedException.class, refused -> {
                    assertThat(refused.failure().what())
                            .contains("can't be reloaded: kill(1, 1) failed", "The present route stays in force");
                    assertThat(refused.failure().remedy()).contains("then retry");
                });

        assertThat(file()).isEqualTo(file).doesNotContain(link);
        assertThat(send("GET", "/").body()).isEqualTo(page.body()).contains("Making a safety copy");
        assertThat(header(send("GET", "/"), "X-Procedures-Route")).isEqualTo(header(page, "X-Procedures-Route"));
        assertThat(send("GET", "/" + link).statusCode()).isEqualTo(503);
        assertThat(balancer.prove(present)).isInstanceOf(Progress.Done.class);
        put(balancer, underTest());
    }

    /** The route would be another one than the one that is proved later, with the names. */
    @Test
    void anAddressThatWasLostOnItsWayIsNoUnknownName() {
        RecordedContainers losing = new RecordedContainers(host.containers());
        losing.refuse("getent hosts " + scene.node(2), new ExecResult(0, ""));
        String file = file();

        assertThatThrownBy(() -> balancer(losing, Clock.systemUTC()).route(nodes()))
                .isInstanceOf(IllegalStateException.class)
                .isNotInstanceOf(CannotProceedException.class)
                .hasMessageContaining("getent hosts " + scene.node(2));

        assertThat(file()).isEqualTo(file);
    }

    @Test
    void theSameRouteIsNotLoadedAgain() {
        long reloads = reloads(containers);
        balancer.route(closed());
        balancer(containers, Clock.systemUTC()).route(closed());
        assertThat(reloads(containers)).isEqualTo(reloads);
    }

    @Test
    void killedBetweenWritingAndReloadingTheNextCallReloads() {
        RecordedContainers dying = new RecordedContainers(host.containers());
        dying.killAt("nginx -s reload");
        assertThatThrownBy(() -> balancer(dying, Clock.systemUTC()).route(nodes()))
                .isInstanceOf(RecordedContainers.Killed.class);
        NginxBalancer next = balancer(containers, Clock.systemUTC());
        assertThat(next.prove(nodes())).isInstanceOf(Progress.Pending.class);
        put(next, nodes());
    }

    @Test
    void anOldRouteThatStaysIsAPersonsQuestionAfterAWhile() {
        MovableClock clock = new MovableClock(Instant.now());
        NginxBalancer patient = balancer(containers, clock);
        assertThat(patient.prove(nodes()))
                .isEqualTo(Progress.pending("the balancer still answers with the previous route"));
        clock.advance(NginxBalancer.RELOAD_LIMIT);
        assertThat(patient.prove(nodes()))
                .isInstanceOfSatisfying(
                        Progress.Failed.class,
                        failed -> assertThat(failed.failure().what()).contains("a different route in its file"));
    }

    @Test
    void aReloadThatDoesNotTakeEffectIsAPersonsQuestionAfterAWhile() {
        MovableClock clock = new MovableClock(Instant.now());
        RecordedContainers dying = new RecordedContainers(host.containers());
        dying.killAt("nginx -s reload");
        assertThatThrownBy(() -> balancer(dying, clock).route(nodes())).isInstanceOf(RecordedContainers.Killed.class);
        NginxBalancer patient = balancer(containers, clock);
        assertThat(patient.prove(nodes())).isInstanceOf(Progress.Pending.class);
        clock.advance(NginxBalancer.RELOAD_LIMIT);
        assertThat(patient.prove(nodes()))
                .isInstanceOfSatisfying(
                        Progress.Failed.class,
                        failed ->
                                assertThat(failed.failure().what()).contains("still answers with the previous route"));
    }

    @Test
    void aBalancerThatDoesNotRunMayComeBack() {
        docker("stop", "-t", "1", scene.balancerContainer());
        try {
            assertThatThrownBy(() -> balancer.prove(closed()))
                    .isInstanceOf(MayHealException.class)
                    .hasMessageContainingAll(scene.balancerContainer(), "isn't running");
            assertThat(balancer.check(List.of())).singleElement().satisfies(check -> {
                assertThat(check.result()).isEqualTo(Check.Result.FAIL);
                assertThat(check.remedy()).contains("balancer.container");
            });
            assertThatThrownBy(() -> balancer.route(nodes())).isInstanceOf(MayHealException.class);
        } finally {
            docker("start", scene.balancerContainer());
            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptions()
                    .until(() -> send("GET", "/").statusCode() == 503);
        }
    }

    @Test
    void theLongestNamesFitNginxsTables() {
        BalancerSettings settings = settings(Map.of());
        ServerBlock block = new ServerBlock(
                "a123456789012345678901-x", settings, Clock.systemUTC().getZone());
        String longest = "x".repeat(128);
        Address address = new Address("app-1", "app-1", List.of("127.0.0.1"), 13000);
        Route.Maintenance route = closed().withWayIn(node(1), longest);
        write("zz-fault.conf", block.maintenance(route, address).files().get(block.fileName()));
        assertThat(containers.exec(scene.balancerContainer(), List.of("nginx", "-t"), Duration.ofSeconds(5)))
                .satisfies(result ->
                        assertThat(result.succeeded()).as(result.output()).isTrue());
    }

    // Preconditions

    @Test
    void allChecksPassOnAPreparedBalancer() {
        assertThat(balancer.check(List.of())).extracting(Check::result).containsOnly(Check.Result.PASS);
        assertThat(balancer.check(List.of())).hasSize(5);
        assertThat(balancer.check(List.of(node(1), node(2))))
                .hasSize(6)
                .extracting(Check::result)
                .containsOnly(Check.Result.PASS);
    }

    @Test
    void anIncludeThatIsMissingIsFound() {
        inNginx("mkdir", "-p", "/etc/nginx/elsewhere");
        assertThat(failing(settings(Map.of("balancer.directory", "/etc/nginx/elsewhere"))))
                .singleElement()
                .satisfies(check -> assertThat(check.remedy()).contains("include /etc/nginx/elsewhere/*.conf;"));
        assertThat(failing(settings(Map.of("balancer.directory", "/etc/nginx/nowhere"))))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.finding()).contains("/etc/nginx/nowhere doesn't exist");
                    assertThat(check.remedy()).contains("Mount a volume there");
                });
    }

    @Test
    void aBrokenConfigurationIsFound() {
        write("zz-fault.conf", "nonsense;\n");
        assertThat(failing(settings(Map.of()))).singleElement().satisfies(check -> {
            assertThat(check.finding()).contains("\"nginx -t\" fails", "nonsense");
            assertThat(check.remedy()).contains("Correct the configuration");
        });
    }

    @Test
    void anAddressThatDoesNotAnswerIsFound() {
        assertThat(failing(settings(Map.of("balancer.url", "http://127.0.0.1:9"))))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.finding()).contains("http://127.0.0.1:9 doesn't answer");
                    assertThat(check.remedy()).contains("balancer.url");
                });
    }

    @Test
    void theSameNameClaimedTwiceIsWarnedOf() {
        write("zz-fault.conf", "server { listen 80; server_name _; return 204; }\n");
        assertThat(balancer.check(List.of()))
                .anySatisfy(check -> assertThat(check.finding()).contains("conflicting server name"))
                .noneMatch(check -> check.result() == Check.Result.FAIL);
    }

    // The configuration that we ship

    @Test
    void ourOwnNginxConfigurationIs503BeforeTheFirstRouteAndThenServesTheRoute() throws Exception {
        DockerScene.copy(
                scene.balancerContainer(),
                "/etc/nginx",
                "ours.conf",
                Files.readString(Path.of("deploy/nginx/nginx.conf")));
        inNginx("cp", "/etc/nginx/nginx.conf", "/etc/nginx/theirs.conf");
        try {
            inNginx("cp", "/etc/nginx/ours.conf", "/etc/nginx/nginx.conf");
            inNginx("rm", DockerScene.BALANCER_DIRECTORY + "/" + scene.name() + ".conf");
            inNginx("nginx", "-t");
            inNginx("nginx", "-s", "reload");
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> header(send("GET", "/"), "X-Procedures-Route").equals("none"));
            assertThat(send("GET", "/").statusCode()).isEqualTo(503);
            assertThat(send("GET", "/").body()).contains("Not started yet", "ainda não foi iniciado");
            assertThat(JSON.readTree(send("GET", "/api/x").body())
                            .at("/error/maintaining")
                            .asBoolean())
                    .isTrue();
            assertThat(balancer.check(List.of())).extracting(Check::result).containsOnly(Check.Result.PASS);
            put(balancer, nodes());
            put(balancer, underTest());
            assertThat(balancer.check(List.of())).extracting(Check::result).containsOnly(Check.Result.PASS);
        } finally {
            inNginx("cp", "/etc/nginx/theirs.conf", "/etc/nginx/nginx.conf");
            inNginx("nginx", "-s", "reload");
        }
    }

    // How the tests do it

    private static void put(NginxBalancer balancer, Route route) {
        balancer.route(route);
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> balancer.prove(route) instanceof Progress.Done);
    }

    private Route.Maintenance closed() {
        return Route.Maintenance.closed(operation, SINCE);
    }

    private Route.Maintenance underTest() {
        return closed().withWayIn(node(1), link);
    }

    private Route nodes() {
        return new Route.Nodes(IntStream.rangeClosed(1, 2).mapToObj(this::node).toList());
    }

    private Node node(int number) {
        return node(number, scene.nodeUrl(number));
    }

    private static Node node(int number, URI url) {
        return new Node(
                scene.node(number), NodeState.RUNNING, "local/stand-in:2.2.15", null, false, url, Instant.EPOCH);
    }

    private static NginxBalancer balancer(RecordedContainers containers, Clock clock) {
        return new NginxBalancer(scene.name(), settings(Map.of()), containers, clock);
    }

    private static BalancerSettings settings(Map<String, String> changes) {
        return scene.settings(changes).balancer();
    }

    private List<Check> failing(BalancerSettings settings) {
        return new NginxBalancer(scene.name(), settings, containers, Clock.systemUTC())
                .check(List.of()).stream()
                        .filter(check -> check.result() == Check.Result.FAIL)
                        .toList();
    }

    private static String balancerCookie() {
        return "ncp_" + scene.name();
    }

    private static long reloads(RecordedContainers containers) {
        return containers.ran().stream().filter("nginx -s reload"::equals).count();
    }

    private String file() {
        return new String(
                containers.read(
                        scene.balancerContainer(), DockerScene.BALANCER_DIRECTORY + "/" + scene.name() + ".conf"),
                StandardCharsets.UTF_8);
    }

    private void write(String name, String text) {
        containers.write(
                scene.balancerContainer(),
                DockerScene.BALANCER_DIRECTORY + "/" + name,
                text.getBytes(StandardCharsets.UTF_8),
                0644);
    }

    private static String log() {
        return docker("logs", scene.balancerContainer());
    }

    private static void inNginx(String... command) {
        docker(concat(List.of("exec", scene.balancerContainer()), command));
    }

    private static String[] concat(List<String> first, String... rest) {
        return Stream.concat(first.stream(), Arrays.stream(rest)).toArray(String[]::new);
    }

    private static void awaitHealthy(int number) {
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> CLIENT.send(
                                HttpRequest.newBuilder(scene.nodeUrl(number).resolve("/api/__health_check"))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString())
                        .body()
                        .equals("ok"));
    }

    private static HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(scene.balancerUrl().resolve(path))
                .timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static WebSocket webSocket(String cookie) {
        WebSocket.Builder builder = CLIENT.newWebSocketBuilder().connectTimeout(Duration.ofSeconds(5));
        if (cookie != null) {
            builder.header("Cookie", cookie);
        }
        return builder.buildAsync(
                        URI.create("ws://" + scene.balancerUrl().getHost() + "/ws"), new WebSocket.Listener() {})
                .join();
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
