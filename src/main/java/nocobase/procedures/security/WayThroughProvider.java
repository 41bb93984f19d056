package nocobase.procedures.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Where there is an identity provider nobody is asked for a password in the browser: whoever opens a page of ours is led
 * through a page of Camunda's applications, which logs people in there, and from it back to what was wanted.
 */
final class WayThroughProvider extends OncePerRequestFilter {

    /** The application that everybody with an account may open. */
    static final String PAGE = "/camunda/app/welcome/default/";

    private static final String WANTED = "wanted";
    private static final String STATUS = "/status";
    /** Nothing else: no link leads people on to foreign places. */
    private static final Pattern OURS = Pattern.compile(STATUS + "|/evidence/[\\w.-]*");

    /** At the front door: those who are unknown go to the provider. */
    static OncePerRequestFilter out() {
        return new WayThroughProvider(true);
    }

    /** In front of the applications' own filters, which begin the session: back to what was wanted, in place of their page. */
    static OncePerRequestFilter back() {
        return new WayThroughProvider(false);
    }

    private final boolean out;

    private WayThroughProvider(boolean out) {
        this.out = out;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String to = out ? provider(request) : wanted(request);
        if (to == null) {
            chain.doFilter(request, response);
        } else if (out) {
            response.sendRedirect(to);
        } else {
            chain.doFilter(request, new ContentCachingResponseWrapper(response));
            if (!response.isCommitted()) {
                response.sendRedirect(to);
            }
        }
    }

    /** Null for who is known already, and for programs: they send their password with the request. */
    private static String provider(HttpServletRequest request) {
        String wanted = request.getServletPath().equals("/api/login") ? STATUS : request.getRequestURI();
        boolean known = request.getHeader(HttpHeaders.AUTHORIZATION) != null || TasklistSession.isBegun(request);
        return !known && OURS.matcher(wanted).matches() && ErrorPage.wantsPage(request)
                ? PAGE + "?" + WANTED + "=" + URLEncoder.encode(wanted, StandardCharsets.UTF_8)
                : null;
    }

    private static String wanted(HttpServletRequest request) {
        String wanted = request.getParameter(WANTED);
        return wanted != null && OURS.matcher(wanted).matches() ? wanted : null;
    }
}
