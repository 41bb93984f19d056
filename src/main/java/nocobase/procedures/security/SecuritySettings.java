package nocobase.procedures.security;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
        @DefaultValue("false") boolean breakGlass) {

    static final String USER_ID = "[A-Za-z0-9][A-Za-z0-9._@-]{0,63}";

    private static final String USER_ID_EXPECTED =
            "a user id is a letter or digit followed by at most 63 letters, digits or . _ @ -";
    private static final int MIN_PASSWORD = 12;
    private static final String PASSWORD_EXPECTED = "a password of at least 12 characters is expected";

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

            @NotEmpty(message = "at least one of ops, managers, admins is expected")
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

    public SecuritySettings {
        users = users == null ? Map.of() : new TreeMap<>(users);
    }

    /** Without passwords: settings are shown in error messages. */
    @Override
    public String toString() {
        return "SecuritySettings[adminUser=" + adminUser + ", users=" + users.keySet() + "]";
    }
}
