package nocobase.procedures.security;

import org.camunda.bpm.spring.boot.starter.property.CamundaBpmProperties;
import org.camunda.bpm.spring.boot.starter.property.WebappProperty;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.server.Cookie.SameSite;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.server.AbstractServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.web.filter.ForwardedHeaderFilter;

/** Sessions and cookies of the web applications. */
@Configuration(proxyBeanMethods = false)
class Cookies {

    /**
     * How long Camunda believes the account and the groups that it read at login: for one request. Whoever lost a role or
     * his account has lost it in his open Tasklist too. (Zero would mean for ever.)
     */
    private static final long GROUPS_BELIEVED_MILLIS = 1;

    /**
     * {@code Lax}, not {@code Strict}: with Strict a link in a notification would arrive without the session and end it.
     * Requests that change something carry Camunda's CSRF token anyway.
     */
    @Bean
    WebServerFactoryCustomizer<AbstractServletWebServerFactory> sessionCookie(SecuritySettings settings) {
        return factory -> {
            factory.getSession().getCookie().setHttpOnly(true);
            factory.getSession().getCookie().setSecure(settings.behindTls());
            factory.getSession().getCookie().setSameSite(SameSite.LAX);
        };
    }

    /**
     * The proxy that ends TLS says how people came ({@code X-Forwarded-Proto}, {@code -Host}). It is believed only where
     * one is said to be there: otherwise anybody could say so.
     */
    @Bean
    @ConditionalOnProperty("procedures.security.behind-tls")
    FilterRegistrationBean<ForwardedHeaderFilter> forwardedHeaders() {
        FilterRegistrationBean<ForwardedHeaderFilter> filter =
                new FilterRegistrationBean<>(new ForwardedHeaderFilter());
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    /** Camunda writes the cookie of its CSRF token itself. */
    @Bean
    static BeanPostProcessor webApplicationCookies(ObjectProvider<SecuritySettings> settings) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof CamundaBpmProperties properties) {
                    apply(properties.getWebapp(), settings.getObject().behindTls());
                }
                return bean;
            }
        };
    }

    static void apply(WebappProperty webapp, boolean behindTls) {
        // The container writes the session cookie whole; Camunda would write the attribute a second time.
        webapp.getSessionCookie().setEnableSameSiteCookie(false);
        webapp.getCsrf().setSameSiteCookieOption("Lax");
        webapp.getCsrf().setEnableSecureCookie(behindTls);
        webapp.getHeaderSecurity().setHstsDisabled(!behindTls);
        webapp.getAuth().getCache().setTimeToLive(GROUPS_BELIEVED_MILLIS);
        webapp.setIndexRedirectEnabled(false);
    }
}
