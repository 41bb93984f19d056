package nocobase.procedures.security;

import java.util.List;
import java.util.Optional;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.identity.Group;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.stereotype.Component;

/** Basic authentication against the engine's own users; its authorities are the names of the user's groups. */
@Component
class EngineUsers implements AuthenticationProvider {

    private final IdentityService identity;

    EngineUsers(IdentityService identity) {
        this.identity = identity;
    }

    @Override
    public Authentication authenticate(Authentication attempt) {
        String user = attempt.getName();
        if (!passwordFits(user, String.valueOf(attempt.getCredentials()))) {
            throw new BadCredentialsException("Unknown user, wrong password, or too many attempts");
        }
        return UsernamePasswordAuthenticationToken.authenticated(user, null, groups(user));
    }

    /** Somebody who proved earlier who he is, with the groups of now; empty if the account is gone. */
    Optional<Authentication> known(String user) {
        return identity.createUserQuery().userId(user).count() == 0
                ? Optional.empty()
                : Optional.of(UsernamePasswordAuthenticationToken.authenticated(user, null, groups(user)));
    }

    private boolean passwordFits(String user, String password) {
        try {
            return identity.checkPassword(user, password);
        } catch (ProcessEngineException e) {
            // Two wrong attempts at once count into one row, and one of them loses the race.
            return false;
        }
    }

    private List<GrantedAuthority> groups(String user) {
        return identity.createGroupQuery().groupMember(user).list().stream()
                .map(Group::getId)
                .<GrantedAuthority>map(SimpleGrantedAuthority::new)
                .toList();
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
    }
}
