package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.camunda.bpm.engine.IdentityService;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The way of a browser: Camunda's login, its cookies and token, and what Tasklist is told. */
class LoginTest extends SecuredEngine {

    @Autowired
    IdentityService identity;

    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    @Test
    void cookiesAreCarefulAndPagesBearSecurityHeaders() throws Exception {
        HttpResponse<String> page = browse("GET", "/camunda/app/tasklist/default/", null, null);

        List<String> set = page.headers().allValues("Set-Cookie");
        assertThat(set)
                .anySatisfy(cookie -> assertThat(cookie)
                        .startsWith("JSESSIONID=")
                        .contains("HttpOnly")
                        .contains("SameSite=Lax")
                        .containsOnlyOnce("SameSite")
                        .doesNotContain("Secure"));
        assertThat(set)
                .anySatisfy(
                        cookie -> assertThat(cookie).startsWith("XSRF-TOKEN=").contains("SameSite=Lax"));
        assertThat(browse("GET", "/camunda/api/engine/engine/default/task", null, null)
                        .headers()
                        .allValues("Set-Cookie"))
                .as("also where nobody gets in")
                .allSatisfy(cookie -> assertThat(cookie).containsOnlyOnce("SameSite=Lax"));
        assertThat(page.headers().firstValue("Content-Security-Policy")).isPresent();
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("X-Frame-Options")).hasValue("DENY");
        assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("same-origin");
    }

    @Test
    void onlyWhoMayUseAnApplicationGetsIn() throws Exception {
        assertThat(login("olga", "olga", "tasklist")).isEqualTo(200);
        assertThat(login("olga", "olga", "cockpit")).isEqualTo(403);
        assertThat(login("maria", "maria", "cockpit")).isEqualTo(200);
        assertThat(login("maria", "maria", "admin")).isEqualTo(403);
        assertThat(login("admin", "admin", "admin")).isEqualTo(200);
        assertThat(login("olga", "wrong", "tasklist")).isEqualTo(401);
        identity.unlockUser("olga");
    }

    /** Its data are for any login, cut down to what each may read. */
    @Test
    void cockpitsPluginInterfaceShowsAnOperatorNothing() throws Exception {
        judgeTask("otto");
        String count = "/camunda/api/cockpit/plugin/base/default/process-instance/count";
        login("olga", "olga", "tasklist");
        assertThat(browse("GET", count, null, null).body()).isEqualTo("{\"count\":0}");
        login("maria", "maria", "cockpit");
        assertThat(Caller.json(browse("GET", count, null, null)).path("count").asInt())
                .isPositive();
    }

    @Test
    void withoutTheTokenNothingIsChanged() throws Exception {
        assertThat(login("olga", "olga", "tasklist")).isEqualTo(200);
        String claim = "/camunda/api/engine/engine/default/task/" + judgeTask("otto") + "/claim";

        assertThat(browse("POST", claim, "{\"userId\":\"olga\"}", token()).statusCode())
                .isEqualTo(204);
        assertThat(browse("POST", claim, "{\"userId\":\"olga\"}", null).statusCode())
                .isEqualTo(403);
    }

    /** Tasklist's login opens our own pages too; what changes something needs its token there as well. */
    @Test
    void tasklistsLoginOpensOurPages() throws Exception {
        assertThat(browse("GET", "/api/status", null, null).statusCode()).isEqualTo(401);
        assertThat(browse("GET", "/api/status", null, null).headers().firstValue("WWW-Authenticate"))
                .as("the page says itself that a login is needed")
                .isEmpty();
        login("olga", "olga", "tasklist");

        HttpResponse<String> entered = browse("GET", "/api/status", null, null);
        assertThat(entered.statusCode()).isEqualTo(200);
        assertThat(entered.headers().allValues("Set-Cookie"))
                .as("a new session id would log out whoever has another request under way")
                .isEmpty();
        assertThat(browse("POST", "/api/clusters/prod/cancel", "{}", null).statusCode())
                .isEqualTo(403);
        assertThat(browse("POST", "/api/clusters/prod/cancel", "{}", "guessed").statusCode())
                .isEqualTo(403);
        assertThat(browse("POST", "/api/clusters/prod/cancel", "{}", token()).statusCode())
                .isEqualTo(200);
        assertThat(browse("POST", "/api/clusters/prod/break", "{}", token()).statusCode())
                .as("a manager's deed")
                .isEqualTo(403);
        HttpResponse<String> page = browse("GET", "/status", null, null);
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
                        .doesNotContain("unsafe"));
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    /** A role that was taken away counts at once, however long the session lasts. */
    @Test
    void ourPagesBelieveOnlyTheGroupsOfNow() throws Exception {
        login("otto", "otto", "tasklist");
        assertThat(browse("GET", "/api/status", null, null).statusCode()).isEqualTo(200);
        identity.deleteMembership("otto", "ops");
        try {
            assertThat(browse("GET", "/api/status", null, null).statusCode()).isEqualTo(403);
        } finally {
            identity.createMembership("otto", "ops");
        }
    }

    @Test
    void tasklistIsToldARefusalInItsOwnWords() throws Exception {
        login("olga", "olga", "tasklist");
        String task = judgeTask("otto");

        HttpResponse<String> unclaimed = browse(
                "POST", "/camunda/api/engine/engine/default/task/" + task + "/submit-form", variables(""), token());
        tasks.claim(task, "olga");
        HttpResponse<String> stranger = browse(
                "POST",
                "/camunda/api/engine/engine/default/task/" + task + "/submit-form",
                variables("\"internal\":1"),
                token());

        assertThat(unclaimed.statusCode()).isEqualTo(403);
        assertThat(Caller.json(unclaimed).path("message").asText())
                .isEqualTo("Nobody has claimed \"Judge\". Claim it first.");
        assertThat(stranger.statusCode()).isEqualTo(400);
        assertThat(Caller.json(stranger).path("message").asText()).startsWith("This form has no field \"internal\".");
    }

    @Test
    void aWrongPasswordMakesTheNextAttemptsWaitHoweverTheyCome() throws Exception {
        identity.saveUser(identity.newUser("hasty"));
        try {
            var user = identity.createUserQuery().userId("hasty").singleResult();
            user.setPassword("the-right-password");
            identity.saveUser(user);
            Caller hasty = new Caller(port, "hasty", "the-right-password");
            assertThat(hasty.status("GET", "/engine-rest/engine", null)).isEqualTo(200);

            assertThat(new Caller(port, "hasty", "wrong").status("GET", "/engine-rest/engine", null))
                    .isEqualTo(401);

            assertThat(hasty.status("GET", "/engine-rest/engine", null))
                    .as("the right password, too early")
                    .isEqualTo(401);
            assertThat(login("hasty", "the-right-password", "tasklist")).isEqualTo(401);
            identity.unlockUser("hasty");
            assertThat(hasty.status("GET", "/engine-rest/engine", null)).isEqualTo(200);
        } finally {
            identity.deleteUser("hasty");
        }
    }

    private int login(String user, String password, String application) throws Exception {
        cookies.getCookieStore().removeAll();
        browse("GET", "/camunda/app/" + application + "/default/", null, null);
        String form = "username=" + URLEncoder.encode(user, StandardCharsets.UTF_8) + "&password="
                + URLEncoder.encode(password, StandardCharsets.UTF_8);
        int status = browse("POST", "/camunda/api/admin/auth/user/default/login/" + application, form, token())
                .statusCode();
        // A login begins a new session, whose token comes with the next page.
        browse("GET", "/camunda/app/" + application + "/default/", null, null);
        return status;
    }

    private String token() {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse(null);
    }

    private HttpResponse<String> browse(String method, String path, String body, String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header(
                    "Content-Type", body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded");
        }
        if (token != null) {
            request.header("X-XSRF-TOKEN", token);
        }
        return browser.send(request.build(), BodyHandlers.ofString());
    }
}
