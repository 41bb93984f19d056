package nocobase.procedures.security;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Accounts and doors: {@code procedures.security}. Nothing needs to be set: without it the embedded default has its demo
 * accounts, and any other installation gets one administrator whose password is generated and printed once.
 *
 * @param adminUser id of the first administrator
 * @param adminPassword the first administrator's password; where it is set it is applied at every start (the way back in
 *     when it is lost), and may be taken away afterwards
 * @param users accounts kept by configuration, by user id: made, changed and removed with it. Accounts made in Camunda
 *     Admin are left alone
 * @param behindTls people reach the engine through HTTPS: cookies become {@code Secure} and answers demand HTTPS
 * @param breakGlass whether an operator may take a manager's task when no manager answers; never his own request
 * @param oidc login to the web applications through an identity provider; off until it is given
 */
@Validated
@ConfigurationProperties("procedures.security")
public record SecuritySettings(
        @DefaultValue("admin") @Pattern(regexp = USER_ID, message = USER_ID_EXPECTED)
        String adminUser,

        @Size(min = MIN_PASSWORD, message = PASSWORD_EXPECTED)
        String adminPassword,

        @Valid Map<@Pattern(regexp = USER_ID, message = USER_ID_EXPECTED) String, @Valid User> users,

        @DefaultValue("false") boolean behindTls,
        @DefaultValue("false") boolean breakGlass,
        @Valid Oidc oidc) {

    static final String USER_ID = "[A-Za-z0-9][A-Za-z0-9._@-]{0,63}";

    private static final String USER_ID_EXPECTED = "{security.settings.userId}";
    private static final int MIN_PASSWORD = PasswordRules.SHORTEST;
    private static final String PASSWORD_EXPECTED = "{security.settings.password}";

    /**
     * One account kept by configuration: {@code procedures.security.users.<id>}.
     *
     * @param password applied at every start
     * @param groups {@code ops}, {@code managers}, {@code admins}; exactly these
     * @param firstName shown in Tasklist
     * @param lastName shown in Tasklist
     * @param email where notifications go
     */
    public record User(
            @NotNull(message = PASSWORD_EXPECTED) @Size(min = MIN_PASSWORD, message = PASSWORD_EXPECTED)
            String password,

            @NotEmpty(message = "{security.settings.groups}")
            Set<Role> groups,

            String firstName,
            String lastName,
            String email) {

        /** Without the password: settings are shown in error messages. */
        @Override
        public String toString() {
            return "User" + groups;
        }
    }

    /**
     * Login to Tasklist, Cockpit and Admin through OpenID Connect: {@code procedures.security.oidc}. REST keeps name and
     * password.
     *
     * @param issuer the provider, as its tokens name it; its endpoints are found below it at the first login
     * @param clientId under which this engine is known there
     * @param clientSecret of that client
     * @param scopes asked for, besides {@code openid}
     * @param userClaim claim whose value becomes the user id here
     * @param groupsClaim claim that lists a person's groups there
     * @param groups names there by role here ({@code ops}, {@code managers}, {@code admins}); without it the names are the
     *     same
     */
    public record Oidc(
            @NotNull(message = "{security.settings.issuer}") URI issuer,

            @NotBlank(message = "{security.settings.clientId}")
            String clientId,

            @NotBlank(message = "{security.settings.clientSecret}")
            String clientSecret,

            @DefaultValue({"profile", "email"}) Set<String> scopes,

            @DefaultValue("preferred_username") @NotBlank(message = "{security.settings.claim}")
            String userClaim,

            @DefaultValue("groups") @NotBlank(message = "{security.settings.claim}")
            String groupsClaim,

            Map<Role, Set<String>> groups) {

        public Oidc {
            groups = groups == null
                    ? Arrays.stream(Role.values())
                            .collect(Collectors.toMap(Function.identity(), role -> Set.of(role.group())))
                    : groups;
        }

        /** Tokens over a line that others can read would be everybody's. */
        @AssertTrue(message = "{security.settings.issuerSafe}")
        boolean isIssuerSafe() {
            return issuer == null
                    || "https".equals(issuer.getScheme())
                    || ("http".equals(issuer.getScheme())
                            && List.of("localhost", "127.0.0.1", "[::1]").contains(String.valueOf(issuer.getHost())));
        }

        /** The roles of somebody with these groups at the provider. */
        Set<Role> roles(Collection<String> theirs) {
            return groups.entrySet().stream()
                    .filter(role -> role.getValue().stream().anyMatch(theirs::contains))
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        /** Without the secret: settings are shown in error messages. */
        @Override
        public String toString() {
            return "Oidc[issuer=" + issuer + ", clientId=" + clientId + "]";
        }
    }

    public SecuritySettings {
        users = users == null ? Map.of() : new TreeMap<>(users);
    }

    @AssertTrue(message = "{security.settings.passwordName}")
    boolean isEveryPasswordUnlikeItsName() {
        return (adminPassword == null || !PasswordRules.NotTheName.contains(adminPassword, adminUser))
                && users.entrySet().stream()
                        .noneMatch(user -> user.getValue().password() != null
                                && PasswordRules.NotTheName.contains(
                                        user.getValue().password(),
                                        user.getKey(),
                                        user.getValue().firstName(),
                                        user.getValue().lastName()));
    }

    /** Without passwords: settings are shown in error messages. */
    @Override
    public String toString() {
        return "SecuritySettings[adminUser=" + adminUser + ", users=" + users.keySet() + "]";
    }
}
