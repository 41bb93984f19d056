package nocobase.procedures.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.rest.security.auth.AuthenticationProvider;
import org.camunda.bpm.engine.rest.security.auth.AuthenticationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/**
 * Tells Camunda's web applications who came in through the identity provider, as long as his account is there. His groups
 * they read from the engine. Made by Camunda's filter, by its name.
 */
public class AdmittedPerson implements AuthenticationProvider {

    @Override
    public AuthenticationResult extractAuthenticatedUser(HttpServletRequest request, ProcessEngine engine) {
        Authentication known = SecurityContextHolder.getContext().getAuthentication();
        return known != null
                        && known.getPrincipal() instanceof OidcUser person
                        && Accounts.isAdmitted(engine.getIdentityService(), person.getName())
                ? AuthenticationResult.successful(person.getName())
                : AuthenticationResult.unsuccessful();
    }

    @Override
    public void augmentResponseByAuthenticationChallenge(HttpServletResponse response, ProcessEngine engine) {
        // The door challenges; who is here without an account is refused.
    }
}
