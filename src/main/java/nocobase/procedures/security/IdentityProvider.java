package nocobase.procedures.security;

import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;

/** The one provider that is configured, asked for its endpoints at the first login: the engine starts without it. */
final class IdentityProvider implements ClientRegistrationRepository {

    static final String ID = "oidc";

    private final SecuritySettings.Oidc settings;
    private volatile ClientRegistration discovered;

    IdentityProvider(SecuritySettings.Oidc settings) {
        this.settings = settings;
    }

    @Override
    public ClientRegistration findByRegistrationId(String id) {
        if (!ID.equals(id)) {
            return null;
        }
        ClientRegistration known = discovered;
        if (known == null) {
            known = discover();
            discovered = known;
        }
        return known;
    }

    private ClientRegistration discover() {
        Set<String> scopes = new LinkedHashSet<>(settings.scopes());
        scopes.add("openid");
        return ClientRegistrations.fromOidcIssuerLocation(settings.issuer().toString())
                .registrationId(ID)
                .clientId(settings.clientId())
                .clientSecret(settings.clientSecret())
                .scope(scopes)
                .userNameAttributeName(settings.userClaim())
                .build();
    }
}
