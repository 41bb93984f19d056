package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.Group;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The way of a browser through a real identity provider into Tasklist and Cockpit, and who is refused on it. */
@DirtiesContext
class OidcLoginTest extends SecuredEngine {

    private static final SmallProvider PROVIDER = new SmallProvider();
    private static final String TASKLIST = "/camunda/app/tasklist/default/";
    private static final String ENGINE = "/camunda/api/engine/engine/default";

    @Autowired
    IdentityService identity;

    private CookieManager cookies;
    private HttpClient browser;

    @DynamicPropertySource
    static void provider(DynamicPropertyRegistry properties) {
        properties.add("procedures.security.oidc.issuer", PROVIDER::issuer);
        properties.add("procedures.security.oidc.client-id", () -> SmallProvider.CLIENT);
        properties.add("procedures.security.oidc.client-secret", () -> SmallProvider.SECRET);
        properties.add("procedures.security.oidc.groups-claim", () -> "teams");
        properties.add("procedures.security.oidc.groups.ops[0]", () -> "night-watch");
        properties.add("procedures.security.oidc.groups.managers[0]", () -> "leads");
        properties.add("procedures.security.oidc.groups.managers[1]", () -> "directors");
        properties.add("procedures.security.users.local.password", () -> "a-password-kept-here");
        properties.add("procedures.security.users.local.groups", () -> "ops,admins");
    }

    @BeforeEach
    void anotherBrowser() {
        cookies = new CookieManager();
        browser = HttpClient.newBuilder()
                .cookieHandler(cookies)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        PROVIDER.know("http://127.0.0.1:" + port + "/login/oauth2/code/oidc");
    }

    @AfterAll
    static void close() {
        PROVIDER.close();
    }

    @Test
    void anOperatorComesInAndWorksOnATask() {
        PROVIDER.say("ada", "night-watch", "chess-club");

        HttpResponse<String> page = login("ada", TASKLIST);

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.uri().getPath()).isEqualTo(TASKLIST);
        assertThat(roles("ada")).isEqualTo("ops");
        assertThat(identity.createUserQuery().userId("ada").singleResult().getEmail())
                .isEqualTo("ada@example.org");
        HttpResponse<String> started =
                browse("POST", ENGINE + "/process-definition/key/guarded-procedure/submit-form", START);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(200);
        String task = taskOf(Caller.json(started).path("id").asText());
        assertThat(browse("POST", ENGINE + "/task/" + task + "/claim", "{\"userId\":\"ada\"}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(tasks.createTaskQuery().taskId(task).singleResult().getAssignee())
                .isEqualTo("ada");
        assertThat(get("/api/status").statusCode()).as("our own pages").isEqualTo(200);
        assertThat(get("/camunda/api/admin/auth/user/default").body())
                .contains("\"tasklist\"")
                .doesNotContain("\"cockpit\"", "\"admin\"");
    }

    /** The status view's link, and a file of the evidence that somebody opens: no password is asked for, and they return. */
    @Test
    void ourOwnPagesLeadThroughTheProviderAndBack() {
        PROVIDER.say("ada", "night-watch");
        HttpResponse<String> status = login("ada", "/api/login");
        assertThat(status.statusCode()).isEqualTo(200);
        assertThat(status.uri().getPath()).isEqualTo("/status");
        assertThat(get("/api/status").statusCode()).isEqualTo(200);
        assertThat(cookies.getCookieStore().getCookies())
                .as("deeds need the session's token")
                .extracting(HttpCookie::getName)
                .contains("XSRF-TOKEN");
        assertThat(get("/api/login").uri().getPath()).as("who is known already").isEqualTo("/status");

        anotherBrowser();
        HttpResponse<String> evidence = login("ada", "/evidence/");
        assertThat(evidence.uri().getPath()).isEqualTo("/evidence/");
        // The door is open; what is behind it, this test has not.
        assertThat(evidence.statusCode()).isEqualTo(404);
    }

    @Test
    void nobodyIsLedOnToForeignPlaces() {
        PROVIDER.say("ada", "night-watch");
        String page = "/camunda/app/welcome/default/?wanted=https%3A%2F%2Fexample.org%2Fstatus";
        assertThat(login("ada", page).uri().getPath()).isEqualTo("/camunda/app/welcome/default/");
    }

    @Test
    void programsAreAskedForAPassword() {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/evidence/"))
                .header("Accept", "application/json")
                .build());
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    }

    @Test
    void groupsAreThoseOfTheLastLogin() {
        PROVIDER.say("bob", "directors");
        assertThat(login("bob", "/camunda/app/cockpit/default/").statusCode()).isEqualTo(200);
        assertThat(roles("bob")).isEqualTo("managers");

        PROVIDER.say("bob", "night-watch");
        anotherBrowser();
        login("bob", TASKLIST);

        assertThat(roles("bob")).isEqualTo("ops");
    }

    @Test
    void aStrangerIsRefusedAndLeavesNothing() {
        PROVIDER.say("eve", "chess-club", "ops");

        HttpResponse<String> refused = login("eve", TASKLIST);

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body())
                .startsWith("The identity provider knows \"eve\", but no group in its claim \"teams\" has a"
                        + " role here.");
        assertThat(identity.createUserQuery().userId("eve").count()).isZero();
        assertThat(get(ENGINE + "/task").statusCode()).isEqualTo(401);
        assertThat(get("/api/status").statusCode()).isEqualTo(401);
    }

    /** Somebody may call himself at the provider what an account is called here. */
    @Test
    void anAccountOfOursIsNotTakenOver() {
        PROVIDER.say("admin", "leads");
        identity.saveUser(identity.newUser("admin"));
        try {
            assertThat(login("admin", TASKLIST).statusCode()).isEqualTo(403);
            assertThat(roles("admin")).isEmpty();
        } finally {
            identity.deleteUser("admin");
        }
    }

    @Test
    void whoseAccountIsRemovedIsOut() {
        PROVIDER.say("ada", "night-watch");
        login("ada", TASKLIST);
        assertThat(get(ENGINE + "/task").statusCode()).isEqualTo(200);

        identity.deleteUser("ada");

        assertThat(get(ENGINE + "/task").statusCode()).isEqualTo(401);
        assertThat(get("/api/status").statusCode()).isEqualTo(401);
    }

    @Test
    void loggingOutEndsTheSession() {
        PROVIDER.say("ada", "night-watch");
        login("ada", TASKLIST);

        assertThat(browse("POST", "/camunda/api/admin/auth/user/default/logout", "")
                        .statusCode())
                .isEqualTo(204);

        assertThat(get(ENGINE + "/task").statusCode()).isEqualTo(401);
        assertThat(get("/api/status").statusCode()).isEqualTo(401);
    }

    @Test
    void whatChangesSomethingStillNeedsTheToken() {
        PROVIDER.say("ada", "night-watch");
        login("ada", TASKLIST);
        cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .toList()
                .forEach(cookie -> cookies.getCookieStore().remove(null, cookie));

        assertThat(browse("POST", ENGINE + "/process-definition/key/guarded-procedure/submit-form", START)
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void passwordsOpenRestAndNothingElse() {
        Caller local = new Caller(port, "local", "a-password-kept-here");
        assertThat(local.status("GET", "/engine-rest/task", null)).isEqualTo(200);
        PROVIDER.say("ada", "night-watch");
        login("ada", TASKLIST);
        assertThat(new Caller(port, "ada", SmallProvider.PASSWORD).status("GET", "/engine-rest/task", null))
                .isEqualTo(401);
        anotherBrowser();
        assertThat(get("/camunda/api/engine/engine/default/task").statusCode()).isEqualTo(401);
        assertThat(browse(
                                "POST",
                                "/camunda/api/admin/auth/user/default/login/tasklist",
                                "username=local&password=a-password-kept-here")
                        .statusCode())
                .isEqualTo(401);
        assertThat(identity.createUserQuery().userId("olga").count())
                .as("no demo accounts beside a provider")
                .isZero();
    }

    private String roles(String user) {
        return String.join(
                ",",
                identity.createGroupQuery().groupMember(user).list().stream()
                        .map(Group::getId)
                        .sorted()
                        .toList());
    }

    /** Opens a page, is led to the provider, logs in there, and comes back. */
    private HttpResponse<String> login(String person, String page) {
        HttpResponse<String> form = get(page);
        assertThat(form.uri().toString()).isEqualTo(PROVIDER.issuer() + "/login");
        return send(HttpRequest.newBuilder(form.uri())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("username=" + person + "&password=" + SmallProvider.PASSWORD))
                .build());
    }

    private HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header(
                        "Accept",
                        path.contains("/api/") && !path.equals("/api/login") ? "application/json" : "text/html")
                .build());
    }

    private HttpResponse<String> browse(String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, BodyPublishers.ofString(body))
                .header(
                        "Content-Type",
                        body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded");
        cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .map(HttpCookie::getValue)
                .forEach(token -> request.header("X-XSRF-TOKEN", token));
        return send(request.build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return browser.send(request, BodyHandlers.ofString());
        } catch (java.io.IOException e) {
            throw new AssertionError(request.toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
