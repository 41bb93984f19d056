package nocobase.procedures.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import org.camunda.bpm.webapp.impl.security.auth.AuthenticationUtil;
import org.camunda.bpm.webapp.impl.security.filter.util.CsrfConstants;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Whoever is logged in to Tasklist or Cockpit is known to our own pages too, with the groups that he is in now. What
 * changes something must bear the session's CSRF token, as in those applications.
 */
public class TasklistSession extends OncePerRequestFilter {

    private static final String ENGINE = "default";

    private final EngineUsers users;

    TasklistSession(EngineUsers users) {
        this.users = users;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        HttpSession session = request.getSession(false);
        Optional<String> user = session == null ? Optional.empty() : user(session);
        if (user.isEmpty() || SecurityContextHolder.getContext().getAuthentication() != null) {
            chain.doFilter(request, response);
            return;
        }
        boolean reads = CsrfConstants.CSRF_NON_MODIFYING_METHODS_PATTERN
                .matcher(request.getMethod())
                .matches();
        if (!reads && !bearsToken(request, session)) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        users.known(user.get())
                .ifPresent(known -> SecurityContextHolder.getContext().setAuthentication(known));
        chain.doFilter(request, response);
    }

    /** The token of a person's session, for our pages to send back; empty for callers without a session. */
    public static Optional<String> token(HttpServletRequest request) {
        return Optional.ofNullable(request.getSession(false))
                .map(session -> (String) session.getAttribute(CsrfConstants.CSRF_TOKEN_SESSION_ATTR_NAME));
    }

    /** Whether somebody is logged in. */
    static boolean isBegun(HttpServletRequest request) {
        return Optional.ofNullable(request.getSession(false))
                .flatMap(TasklistSession::user)
                .isPresent();
    }

    private static Optional<String> user(HttpSession session) {
        return Optional.ofNullable(AuthenticationUtil.getAuthsFromSession(session))
                .map(known -> known.getAuthenticationForProcessEngine(ENGINE))
                .map(known -> known.getIdentityId());
    }

    private static boolean bearsToken(HttpServletRequest request, HttpSession session) {
        Object expected = session.getAttribute(CsrfConstants.CSRF_TOKEN_SESSION_ATTR_NAME);
        String given = request.getHeader(CsrfConstants.CSRF_TOKEN_HEADER_NAME);
        return expected != null
                && given != null
                && MessageDigest.isEqual(
                        expected.toString().getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
