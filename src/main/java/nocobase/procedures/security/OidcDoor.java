package nocobase.procedures.security;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.rest.security.auth.ProcessEngineAuthenticationFilter;
import org.camunda.bpm.webapp.impl.security.auth.ContainerBasedAuthenticationFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.security.SecurityProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.annotation.web.configurers.oauth2.client.OAuth2LoginConfigurer;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.authentication.logout.HttpStatusReturningLogoutSuccessHandler;
import org.springframework.security.web.savedrequest.HttpSessionRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Login to Camunda's web applications through an identity provider (OpenID Connect, authorization code), instead of their
 * own login page. Everything else stays: their sessions and CSRF token, the groups in the engine, name and password for REST.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("procedures.security.oidc.issuer")
class OidcDoor {

    private static final Messages MESSAGES = Messages.of("security");
    private static final Logger LOG = LoggerFactory.getLogger(OidcDoor.class);
    private static final PathPatternRequestMatcher.Builder PATH = PathPatternRequestMatcher.withDefaults();
    private static final String BEGIN = "/oauth2/authorization/" + IdentityProvider.ID;

    @Bean
    @Order(3)
    SecurityFilterChain identityProviderDoor(HttpSecurity http, SecuritySettings settings, Accounts accounts)
            throws Exception {
        RequestMatcher applications = new OrRequestMatcher(PATH.matcher("/camunda"), PATH.matcher("/camunda/**"));
        RequestMatcher login =
                new OrRequestMatcher(PATH.matcher(BEGIN), PATH.matcher("/login/oauth2/code/" + IdentityProvider.ID));
        return Doors.common(http, new OrRequestMatcher(applications, login))
                .headers(headers -> headers.cacheControl(HeadersConfigurer.CacheControlConfig::disable))
                .requestCache(cache -> cache.requestCache(pagesOnly()))
                .oauth2Login(provider -> login(provider, settings.oidc(), accounts))
                .exceptionHandling(handling -> handling.defaultAuthenticationEntryPointFor(
                                new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED), PATH.matcher("/camunda/api/**"))
                        .defaultAuthenticationEntryPointFor(new LoginUrlAuthenticationEntryPoint(BEGIN), applications))
                .logout(logout -> logout.logoutRequestMatcher(
                                PATH.matcher(HttpMethod.POST, "/camunda/api/admin/auth/user/*/logout"))
                        .logoutSuccessHandler(new HttpStatusReturningLogoutSuccessHandler(HttpStatus.NO_CONTENT)))
                // Their own login takes passwords; with a provider nobody logs in beside it.
                .authorizeHttpRequests(
                        requests -> requests.requestMatchers(PATH.matcher("/camunda/api/admin/auth/user/*/login/**"))
                                .denyAll()
                                .dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.FORWARD)
                                .permitAll()
                                .anyRequest()
                                .authenticated())
                .build();
    }

    /** Whom the door let in, Camunda's applications take over; after the door, before their own filters. */
    @Bean
    FilterRegistrationBean<ContainerBasedAuthenticationFilter> loginOfTheApplications() {
        FilterRegistrationBean<ContainerBasedAuthenticationFilter> filter =
                new FilterRegistrationBean<>(new ContainerBasedAuthenticationFilter());
        filter.setInitParameters(Map.of(
                ProcessEngineAuthenticationFilter.AUTHENTICATION_PROVIDER_PARAM, AdmittedPerson.class.getName()));
        filter.addUrlPatterns("/camunda/app/*", "/camunda/api/*");
        filter.setDispatcherTypes(DispatcherType.REQUEST);
        filter.setOrder(SecurityProperties.DEFAULT_FILTER_ORDER + 1);
        return filter;
    }

    @Bean
    FilterRegistrationBean<OncePerRequestFilter> outToProvider() {
        FilterRegistrationBean<OncePerRequestFilter> filter = new FilterRegistrationBean<>(WayThroughProvider.out());
        filter.addUrlPatterns("/api/login", "/evidence/*");
        filter.setOrder(SecurityProperties.DEFAULT_FILTER_ORDER - 1);
        return filter;
    }

    @Bean
    FilterRegistrationBean<OncePerRequestFilter> backFromProvider() {
        FilterRegistrationBean<OncePerRequestFilter> filter = new FilterRegistrationBean<>(WayThroughProvider.back());
        filter.addUrlPatterns(WayThroughProvider.PAGE);
        filter.setOrder(SecurityProperties.DEFAULT_FILTER_ORDER + 1);
        return filter;
    }

    private static void login(
            OAuth2LoginConfigurer<HttpSecurity> login, SecuritySettings.Oidc settings, Accounts accounts) {
        login.loginPage(BEGIN)
                .clientRegistrationRepository(new IdentityProvider(settings))
                .authorizedClientRepository(new HttpSessionOAuth2AuthorizedClientRepository())
                .userInfoEndpoint(person -> person.oidcUserService(new OidcAdmission(settings, accounts)))
                .failureHandler(OidcDoor::refuse)
                .defaultSuccessUrl("/camunda/app/tasklist/default/")
                .addObjectPostProcessor(new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                    @Override
                    public <F extends OAuth2AuthorizationRequestRedirectFilter> F postProcess(F filter) {
                        filter.setAuthenticationFailureHandler(OidcDoor::refuse);
                        return filter;
                    }
                });
    }

    /** Where people are led back to is a page, never a request that a page made. */
    private static HttpSessionRequestCache pagesOnly() {
        HttpSessionRequestCache cache = new HttpSessionRequestCache();
        cache.setRequestMatcher(PATH.matcher(HttpMethod.GET, "/camunda/app/*/*/"));
        cache.setMatchingRequestParameterName(null);
        return cache;
    }

    private static void refuse(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException {
        boolean refused = OidcAdmission.isRefusal(failure);
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        String said = String.valueOf(cause.getMessage()).replaceAll("\\p{Cntrl}+", " ");
        LOG.warn("Login through the identity provider failed: {}", said);
        response.setStatus(refused ? HttpStatus.FORBIDDEN.value() : HttpStatus.BAD_GATEWAY.value());
        response.setContentType(MediaType.TEXT_PLAIN_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.getWriter().write(refused ? said + "\n" : MESSAGES.text("provider.failed") + "\n");
    }
}
