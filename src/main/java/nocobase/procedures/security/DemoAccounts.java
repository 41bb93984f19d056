package nocobase.procedures.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.ProceduresProperties;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The accounts with well-known passwords that people try the product with. They exist only while nobody else can reach
 * them and nothing real is at stake: embedded default, loopback address, every cluster a rehearsal, and neither account nor
 * identity provider configured.
 */
@Component
class DemoAccounts {

    private final Environment environment;
    private final SecuritySettings settings;
    private final ProceduresProperties procedures;

    DemoAccounts(Environment environment, SecuritySettings settings, ProceduresProperties procedures) {
        this.environment = environment;
        this.settings = settings;
        this.procedures = procedures;
    }

    boolean wanted() {
        return embedded()
                && listensOnLoopbackOnly()
                && realClusters().isEmpty()
                && settings.adminPassword() == null
                && settings.users().isEmpty()
                && settings.oidc() == null;
    }

    /** Names of the clusters with something to lose. */
    List<String> realClusters() {
        return procedures.clusters().entrySet().stream()
                .filter(cluster -> cluster.getValue().runtime() != ClusterSettings.Kind.REHEARSAL)
                .map(Map.Entry::getKey)
                .toList();
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
