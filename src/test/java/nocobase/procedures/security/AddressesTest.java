package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import nocobase.procedures.language.Language;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever somebody types into a browser leads somewhere: to what was meant, or to a page of ours with the ways on. */
class AddressesTest extends SecuredEngine {

    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    @AfterEach
    void backToEnglish() {
        Language.speak(Language.ENGLISH);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /camunda/app/tasklist/default/",
        "/status/, /status",
        "/favicon.ico, /camunda/favicon.ico",
        "//status, /status",
        "/camunda//app//tasklist/default/?x=1, /camunda/app/tasklist/default/?x=1",
        "//, /",
    })
    void leadsToWhatWasMeant(String typed, String meant) throws Exception {
        HttpResponse<String> answer = open(typed, null);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(301, 308);
        assertThat(answer.headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(location).endsWith(meant));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/engine-rest", "/engine-rest/"})
    void theInterfacesOwnAddressLeadsToItsEngines(String typed) throws Exception {
        assertThat(open(typed, null).statusCode()).isEqualTo(401);
        HttpResponse<String> answer = open(typed, "olga");
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(location).endsWith("/engine-rest/engine"));
    }

    @Test
    void whoLogsInForTheStatusViewReturnsThere() throws Exception {
        HttpResponse<String> unknown = open("/api/login", null);
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(unknown.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(unknown.body()).contains("Log in first");
        HttpResponse<String> known = open("/api/login", "olga");
        assertThat(known.headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(location).endsWith("/status"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/camunda/nothing", "/status/nothing", "/status;x=1"})
    void whatIsNotThereIsSaidOnAPageOfOurs(String typed) throws Exception {
        HttpResponse<String> answer = open(typed, null);
        assertThat(answer.statusCode()).isIn(400, 404);
        isOurs(answer);
    }

    /** Refused by the server itself, before anything of ours has seen it. */
    @ParameterizedTest
    @ValueSource(strings = {"/../x", "/%zz", "/a|b"})
    void whatIsNoAddressIsSaidOnAPageOfOursToo(String typed) throws Exception {
        assertThat(raw(typed, "text/html")).startsWith("HTTP/1.1 400").contains("lang=\"en\"", "href=\"/status\"");
        Language.speak(Language.PORTUGUESE);
        assertThat(raw(typed, "text/html")).contains("lang=\"pt-BR\"");
    }

    @Test
    void programsGetTheServersRefusalAlone() throws Exception {
        assertThat(raw("/../x", "application/json")).startsWith("HTTP/1.1 400").doesNotContain("<html");
    }

    /** A client would tidy the address up. */
    private String raw(String typed, String accepted) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String request = "GET " + typed + " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accepted
                    + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whoMayNotOpenAnApplicationIsShownTheWaysOn() throws Exception {
        login("admin", "admin");
        HttpResponse<String> answer = open("/camunda/app/tasklist/default/", null);
        assertThat(answer.statusCode()).isEqualTo(403);
        isOurs(answer);
        assertThat(answer.body()).contains("No access", "href=\"/camunda/app/admin/default/\"");

        Language.speak(Language.PORTUGUESE);
        assertThat(open("/camunda/app/tasklist/default/", null).body()).contains("lang=\"pt-BR\"", "Sem acesso");
    }

    @Test
    void programsGetTheStatusAlone() throws Exception {
        HttpResponse<String> answer = nobody().call("GET", "/nothing", null);
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEmpty();
        assertThat(nobody().status("POST", "//engine-rest//engine", "{}")).isEqualTo(400);
    }

    private static void isOurs(HttpResponse<String> answer) {
        assertThat(answer.body()).contains("href=\"/status\"").doesNotContain("Whitelabel");
        assertThat(answer.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).startsWith("default-src 'none'"));
    }

    private HttpResponse<String> open(String path, String user) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        if (user != null) {
            request.header(
                    "Authorization", "Basic " + Base64.getEncoder().encodeToString((user + ":" + user).getBytes()));
        }
        return browser.send(request.build(), BodyHandlers.ofString());
    }

    private void login(String user, String application) throws Exception {
        open("/camunda/app/" + application + "/default/", null);
        String token = cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .findFirst()
                .orElseThrow()
                .getValue();
        HttpResponse<String> answer = browser.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port
                                + "/camunda/api/admin/auth/user/default/login/" + application))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("X-XSRF-TOKEN", token)
                        .POST(BodyPublishers.ofString("username=" + user + "&password=" + user))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
