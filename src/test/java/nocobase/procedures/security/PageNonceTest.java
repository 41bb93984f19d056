package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** A page that another request came between: its policy names one nonce, its scripts bear another. */
class PageNonceTest {

    private static final String FOREIGN = "<script nonce=\"b-2\">x</script><script nonce=\"b-2\" src=\"y\"></script>é";

    private final MockHttpServletResponse response = new MockHttpServletResponse();

    @Test
    void aPageBearsTheNonceOfItsOwnPolicy() throws Exception {
        load("/camunda/app/tasklist/default/", FOREIGN);

        assertThat(response.getContentAsString())
                .isEqualTo("<script nonce=\"a_1\">x</script><script nonce=\"a_1\" src=\"y\"></script>é");
        assertThat(response.getContentLength()).isEqualTo(response.getContentAsByteArray().length);
    }

    @Test
    void everythingElseIsLeftAlone() throws Exception {
        load("/camunda/app/tasklist/scripts/x.js", FOREIGN);

        assertThat(response.getContentAsString()).isEqualTo(FOREIGN);
    }

    private void load(String path, String body) throws Exception {
        response.setCharacterEncoding("UTF-8");
        FilterChain chain = (request, answer) -> {
            ((HttpServletResponse) answer)
                    .setHeader("Content-Security-Policy", "script-src 'nonce-a_1' 'strict-dynamic'");
            answer.setContentType("text/html;charset=UTF-8");
            answer.getWriter().write(body);
        };
        new PageNonce().doFilter(new MockHttpServletRequest("GET", path), response, chain);
    }
}
