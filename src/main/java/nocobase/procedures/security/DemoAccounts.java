package nocobase.procedures.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The accounts with well-known passwords that people try the product with. They exist only while nobody else can reach
 * them: embedded default, loopback address, and neither account nor identity provider configured.
 */
@Component
class DemoAccounts {

    private final Environment environment;
    private final SecuritySettings settings;

    DemoAccounts(Environment environment, SecuritySettings settings) {
        this.environment = environment;
        this.settings = settings;
    }

    boolean wanted() {
        return embedded()
                && listensOnLoopbackOnly()
                && settings.adminPassword() == null
                && settings.users().isEmpty()
                && settings.oidc() == null;
    }

    List<Account> accounts() {
        return List.of(
                demo("olga", "Olga", Role.OPS),
                demo("otto", "Otto", Role.OPS),
                demo("maria", "Maria", Role.MANAGERS),
                demo(settings.adminUser(), "Admin", Role.ADMINS));
    }

    private static Account demo(String id, String firstName, Role role) {
        return new Account(id, id, Set.of(role), firstName, "(demo)", null, Account.Origin.DEMO);
    }

    private boolean embedded() {
        Boolean said = environment.getProperty("procedures.embedded.active", Boolean.class);
        return said != null
                ? said
                : !environment.containsProperty("spring.datasource.url")
                        && !environment.containsProperty("spring.datasource.jndi-name");
    }

    private boolean listensOnLoopbackOnly() {
        String address = environment.getProperty("server.address");
        try {
            return address != null && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
