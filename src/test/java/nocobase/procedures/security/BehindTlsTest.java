package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Behind a proxy that ends TLS: cookies are for HTTPS only, answers demand HTTPS and lead to it. */
@TestPropertySource(properties = "procedures.security.behind-tls=true")
class BehindTlsTest extends SecuredEngine {

    @Test
    void cookiesAreSecure() throws Exception {
        List<String> cookies = get("/camunda/app/tasklist/default/").headers().allValues("Set-Cookie");

        assertThat(cookies)
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(cookie -> assertThat(cookie).contains("Secure").contains("SameSite=Lax"));
        assertThat(cookies)
                .anySatisfy(
                        cookie -> assertThat(cookie).startsWith("JSESSIONID=").contains("HttpOnly"));
    }

    @Test
    void browsersAreToldToComeThroughHttpsOnly() throws Exception {
        for (String path : List.of("/status", "/camunda/app/tasklist/default/", "/engine-rest/engine", "/api/status")) {
            assertThat(get(path).headers().firstValue("Strict-Transport-Security"))
                    .as(path)
                    .isPresent();
        }
    }

    @Test
    void theStartPageLeadsToTheAddressThatPeopleUse() throws Exception {
        assertThat(get("/").headers().firstValue("Location"))
                .hasValueSatisfying(location -> assertThat(
                                URI.create("https://procedures.example.com/").resolve(location))
                        .hasToString("https://procedures.example.com/camunda/app/tasklist/default/"));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .header("X-Forwarded-Proto", "https")
                                .header("X-Forwarded-Host", "procedures.example.com")
                                .build(),
                        BodyHandlers.ofString());
    }
}
