package nocobase.procedures.security;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.camunda.bpm.engine.IdentityService;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.annotation.web.configurers.SessionManagementConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Which path is open to whom. What is not named here does not exist: 404.
 *
 * <p>Patterns are {@link PathPatternRequestMatcher}s throughout: a pattern given as text is matched against Spring's own
 * dispatcher servlet and misses Camunda's Jersey servlets, which would leave the engine's REST interface open.
 */
@Configuration(proxyBeanMethods = false)
class Doors {

    private static final String STATUS_PAGE = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final PathPatternRequestMatcher.Builder PATH = PathPatternRequestMatcher.withDefaults();

    /** The engine's REST interface: name and password with each request, no session. */
    @Bean
    @Order(1)
    SecurityFilterChain engineRestDoor(HttpSecurity http, EngineUsers users, IdentityService identity)
            throws Exception {
        return common(http, PATH.matcher("/engine-rest/**"))
                .authenticationProvider(users)
                .httpBasic(basic -> basic.authenticationEntryPoint(Doors::askForPassword))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .addFilterAfter(new EngineIdentityFilter(identity), AuthorizationFilter.class)
                .addFilterAfter(Doors::openEngineRest, EngineIdentityFilter.class)
                .build();
    }

    /** Camunda's setup page makes an administrator for anybody who asks while there is none. Here it never exists. */
    @Bean
    @Order(2)
    SecurityFilterChain setupPageDoor(HttpSecurity http) throws Exception {
        RequestMatcher setup = new OrRequestMatcher(
                PATH.matcher("/camunda/api/admin/setup/**"), PATH.matcher("/camunda/app/*/*/setup/**"));
        return notFound(common(http, setup))
                .authorizeHttpRequests(requests -> requests.anyRequest().denyAll())
                .build();
    }

    /** Camunda's web applications: their own login, sessions, CSRF token and content security policy. */
    @Bean
    @Order(4)
    SecurityFilterChain webApplicationsDoor(HttpSecurity http) throws Exception {
        return common(http, new OrRequestMatcher(PATH.matcher("/camunda"), PATH.matcher("/camunda/**")))
                .headers(headers -> headers.cacheControl(HeadersConfigurer.CacheControlConfig::disable))
                .securityContext(AbstractHttpConfigurer::disable)
                .sessionManagement(AbstractHttpConfigurer::disable)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    /** Health is for the probes, everything else about the inside for managers. */
    @Bean
    @Order(5)
    SecurityFilterChain actuatorDoor(HttpSecurity http, EngineUsers users) throws Exception {
        return common(http, new OrRequestMatcher(PATH.matcher("/actuator"), PATH.matcher("/actuator/**")))
                .authenticationProvider(users)
                .httpBasic(basic -> basic.authenticationEntryPoint(Doors::askForPassword))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> requests.requestMatchers(
                                PATH.matcher("/actuator/health"), PATH.matcher("/actuator/health/**"))
                        .permitAll()
                        .anyRequest()
                        .hasAuthority(Role.MANAGERS.group()))
                .build();
    }

    /** The status view: the page itself says nothing, what it shows comes through the next door. */
    @Bean
    @Order(6)
    SecurityFilterChain statusPageDoor(HttpSecurity http) throws Exception {
        return common(
                        http,
                        new OrRequestMatcher(
                                PATH.matcher("/status"), PATH.matcher("/status/"), PATH.matcher("/status/*")))
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(STATUS_PAGE)))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    /**
     * What our pages ask for, and evidence packs: for everybody with a role, by the login of Tasklist or with name and
     * password. Deeds take JSON only, which no foreign page can send.
     */
    @Bean
    @Order(7)
    SecurityFilterChain peoplesDoor(HttpSecurity http, EngineUsers users) throws Exception {
        return common(
                        http,
                        new OrRequestMatcher(
                                PATH.matcher("/api/**"), PATH.matcher("/evidence/**"), PATH.matcher("/rehearsal/**")))
                .authenticationProvider(users)
                .httpBasic(basic -> basic.authenticationEntryPoint(Doors::askForPassword))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(Doors::sayUnknown))
                // The session is Tasklist's: a new id would log people out who have another request under way.
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.NEVER)
                        .sessionFixation(SessionManagementConfigurer.SessionFixationConfigurer::none))
                .securityContext(AbstractHttpConfigurer::disable)
                .addFilterBefore(new TasklistSession(users), BasicAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.requestMatchers(
                                PATH.matcher(HttpMethod.POST, "/api/clusters/*/break"))
                        .hasAuthority(Role.MANAGERS.group())
                        .requestMatchers(PATH.matcher(HttpMethod.POST, "/api/clusters/*/*"))
                        .hasAuthority(Role.OPS.group())
                        .requestMatchers(PATH.matcher("/api/clusters/*/log"), PATH.matcher("/api/tasks/*/take-over"))
                        .hasAnyAuthority(Role.OPS.group(), Role.MANAGERS.group())
                        .anyRequest()
                        .hasAnyAuthority(Role.OPS.group(), Role.MANAGERS.group(), Role.ADMINS.group()))
                .build();
    }

    /**
     * The start page leads to Tasklist; nothing else is there. Error and forward dispatches pass: a page that was let in
     * above is finished by them, and would stay blank otherwise.
     */
    @Bean
    @Order(8)
    SecurityFilterChain everythingElseDoor(HttpSecurity http) throws Exception {
        return notFound(common(http, request -> true))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .authorizeHttpRequests(
                        requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR, DispatcherType.FORWARD)
                                .permitAll()
                                .requestMatchers(PATH.matcher("/"), PATH.matcher("/favicon.ico"))
                                .permitAll()
                                .anyRequest()
                                .denyAll())
                .build();
    }

    static HttpSecurity common(HttpSecurity http, RequestMatcher matcher) throws Exception {
        return http.securityMatcher(matcher)
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .requestCache(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN)));
    }

    /**
     * Not {@code sendError}: its error dispatch would read the body of a request that nobody may send (a stack trace in the
     * log for each multipart body).
     */
    private static void askForPassword(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException cause)
            throws IOException {
        response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"NocoBase cluster procedures\"");
        ErrorPage.answer(request, response, HttpStatus.UNAUTHORIZED.value());
    }

    /** Our pages say themselves that a login is needed; only who opens a file in the browser is asked at once. */
    private static void sayUnknown(
            HttpServletRequest request, HttpServletResponse response, AuthenticationException cause)
            throws IOException {
        if (request.getServletPath().startsWith("/evidence/")
                || request.getServletPath().equals("/api/login")) {
            askForPassword(request, response, cause);
        } else {
            response.setStatus(HttpStatus.UNAUTHORIZED.value());
        }
    }

    private static HttpSecurity notFound(HttpSecurity http) throws Exception {
        int missing = HttpStatus.NOT_FOUND.value();
        return http.exceptionHandling(handling -> handling.authenticationEntryPoint(
                        (request, response, unknown) -> ErrorPage.answer(request, response, missing))
                .accessDeniedHandler((request, response, denied) -> ErrorPage.answer(request, response, missing)));
    }

    /**
     * A slash too many, typed or joined by a program, leads to where it was meant. Before all other filters: some of them fail
     * on such an address.
     */
    @Bean
    FilterRegistrationBean<Filter> oneSlash() {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(Doors::leadToOneSlash);
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    private static void leadToOneSlash(ServletRequest asked, ServletResponse answer, FilterChain chain)
            throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) asked;
        HttpServletResponse response = (HttpServletResponse) answer;
        String meant = request.getRequestURI().replaceAll("/{2,}", "/");
        if (meant.equals(request.getRequestURI())) {
            chain.doFilter(asked, answer);
        } else if (request.getMethod().equals(HttpMethod.GET.name())) {
            String query = request.getQueryString();
            response.setStatus(HttpStatus.PERMANENT_REDIRECT.value());
            response.setHeader(HttpHeaders.LOCATION, query == null ? meant : meant + "?" + query);
        } else {
            response.setStatus(HttpStatus.BAD_REQUEST.value());
        }
    }

    /** What else is strange about an address is refused. */
    @Bean
    RequestRejectedHandler strangeAddresses() {
        return (request, response, rejected) -> ErrorPage.answer(request, response, HttpStatus.BAD_REQUEST.value());
    }

    /** The interface's own address has nothing to say; the list of engines is its entrance. */
    private static void openEngineRest(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = ((HttpServletRequest) request).getRequestURI();
        if (path.matches("/engine-rest/?")) {
            ((HttpServletResponse) response).sendRedirect("/engine-rest/engine");
        } else {
            chain.doFilter(request, response);
        }
    }
}
