package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.camunda.bpm.spring.boot.starter.property.WebappProperty;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;

class CookiesTest {

    @Test
    void behindTlsCookiesAreSecureAndHttpsIsDemanded() {
        TomcatServletWebServerFactory server = new TomcatServletWebServerFactory();
        WebappProperty webapp = new WebappProperty();

        new Cookies()
                .sessionCookie(new SecuritySettings("admin", null, null, true, false, null))
                .customize(server);
        Cookies.apply(webapp, true);

        assertThat(server.getSession().getCookie().getSecure()).isTrue();
        assertThat(server.getSession().getCookie().getHttpOnly()).isTrue();
        assertThat(webapp.getCsrf().getInitParams()).containsEntry("enableSecureCookie", "true");
        assertThat(webapp.getHeaderSecurity().getInitParams()).containsEntry("hstsDisabled", "false");
    }
}
