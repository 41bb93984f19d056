package nocobase.procedures.security;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.ProcessEngineException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserRequest;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.userinfo.OAuth2UserService;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/**
 * Whom the identity provider sends gets an account in the engine with the roles that his groups there mean, made anew at each
 * login; whoever has no role there is refused. With an account of their own, everything that the engine decides by people
 * (tasks, four eyes, notifications) is the same as without a provider.
 */
final class OidcAdmission implements OAuth2UserService<OidcUserRequest, OidcUser> {

    private static final Messages MESSAGES = Messages.of("security");
    private static final String REFUSED = "access_denied";

    private final SecuritySettings.Oidc settings;
    private final Accounts accounts;
    private final OidcUserService provider = new OidcUserService();

    OidcAdmission(SecuritySettings.Oidc settings, Accounts accounts) {
        this.settings = settings;
        this.accounts = accounts;
    }

    static boolean isRefusal(AuthenticationException failure) {
        return failure instanceof OAuth2AuthenticationException refused && refused.getError() instanceof Refused;
    }

    @Override
    public OidcUser loadUser(OidcUserRequest request) {
        OidcUser person = provider.loadUser(request);
        String id = person.getName();
        if (!id.matches(SecuritySettings.USER_ID)) {
            throw refusal(MESSAGES.text("provider.badUserId", settings.userClaim()));
        }
        Collection<String> theirs = groups(person.getClaims().get(settings.groupsClaim()));
        Set<Role> roles = settings.roles(theirs);
        if (roles.isEmpty()) {
            throw refusal(MESSAGES.text("provider.noRole", id, settings.groupsClaim()));
        }
        try {
            accounts.admit(
                    new Account(
                            id,
                            null,
                            roles,
                            person.getGivenName(),
                            person.getFamilyName(),
                            person.getEmail(),
                            Account.Origin.OIDC),
                    person.getIssuer() + " " + person.getSubject());
        } catch (IllegalArgumentException e) {
            throw refusal(e.getMessage());
        } catch (ProcessEngineException e) {
            // Two browsers of the same person at once, at another engine: the second try finds what the first made.
            throw new OAuth2AuthenticationException(new OAuth2Error("temporarily_unavailable"), e.getMessage(), e);
        }
        return person;
    }

    private static Collection<String> groups(Object claim) {
        if (claim instanceof Collection<?> several) {
            return several.stream().map(String::valueOf).toList();
        }
        return claim == null ? List.of() : List.of(claim.toString());
    }

    private static OAuth2AuthenticationException refusal(String why) {
        return new OAuth2AuthenticationException(new Refused(), why);
    }

    /** Ours, not one that the provider sent. */
    private static final class Refused extends OAuth2Error {
        private static final long serialVersionUID = 1L;

        Refused() {
            super(REFUSED);
        }
    }
}
