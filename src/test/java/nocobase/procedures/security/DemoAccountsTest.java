package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.ProceduresProperties;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;

/** Well-known passwords exist only where nobody else can use them. */
class DemoAccountsTest {

    private static final SecuritySettings NOTHING_SET = new SecuritySettings("admin", null, null, false, false, null);

    private static final ProceduresProperties REHEARSALS = clusters(Map.of());

    private final MockEnvironment loopback = new MockEnvironment().withProperty("server.address", "127.0.0.1");

    @Test
    void onTheLoopbackAddressWithTheEmbeddedDatabase() {
        assertThat(new DemoAccounts(loopback, NOTHING_SET, REHEARSALS).wanted()).isTrue();
        assertThat(new DemoAccounts(loopback.withProperty("server.address", "localhost"), NOTHING_SET, REHEARSALS)
                        .wanted())
                .isTrue();
        assertThat(new DemoAccounts(
                                loopback.withProperty("spring.datasource.url", "jdbc:postgresql:kept")
                                        .withProperty("procedures.embedded.active", "true"),
                                NOTHING_SET,
                                REHEARSALS)
                        .wanted())
                .isTrue();
    }

    @Test
    void notWhereOthersCanReachThem() {
        assertThat(new DemoAccounts(new MockEnvironment(), NOTHING_SET, REHEARSALS).wanted())
                .isFalse();
        assertThat(new DemoAccounts(loopback.withProperty("server.address", "0.0.0.0"), NOTHING_SET, REHEARSALS)
                        .wanted())
                .isFalse();
        assertThat(new DemoAccounts(loopback.withProperty("server.address", "192.0.2.7"), NOTHING_SET, REHEARSALS)
                        .wanted())
                .isFalse();
    }

    @Test
    void notOnADatabaseOfOnesOwn() {
        loopback.setProperty("spring.datasource.url", "jdbc:postgresql://db/procedures");

        assertThat(new DemoAccounts(loopback, NOTHING_SET, REHEARSALS).wanted()).isFalse();
        loopback.setProperty("procedures.embedded.active", "false");
        assertThat(new DemoAccounts(loopback, NOTHING_SET, REHEARSALS).wanted()).isFalse();
    }

    @Test
    void notBesideConfiguredAccounts() {
        SecuritySettings admin = new SecuritySettings("admin", "a-long-password", null, false, false, null);
        SecuritySettings users = new SecuritySettings(
                "admin",
                null,
                Map.of("ada", new SecuritySettings.User("a-long-password", Set.of(Role.OPS), null, null, null)),
                false,
                false,
                null);

        assertThat(new DemoAccounts(loopback, admin, REHEARSALS).wanted()).isFalse();
        assertThat(new DemoAccounts(loopback, users, REHEARSALS).wanted()).isFalse();
        assertThat(admin.toString() + users + users.users()).doesNotContain("a-long-password");
    }

    @Test
    void notBesideARealCluster() {
        assertThat(new DemoAccounts(loopback, NOTHING_SET, clusters(Map.of("try", "rehearsal"))).wanted())
                .isTrue();
        DemoAccounts beside =
                new DemoAccounts(loopback, NOTHING_SET, clusters(Map.of("main", "docker", "try", "rehearsal")));

        assertThat(beside.wanted()).isFalse();
        assertThat(beside.realClusters()).containsExactly("main");
    }

    private static ProceduresProperties clusters(Map<String, String> runtimes) {
        Map<String, String> settings = new HashMap<>();
        runtimes.forEach((name, runtime) -> settings.put("procedures.clusters." + name + ".runtime", runtime));
        return new Binder(new MapConfigurationPropertySource(settings))
                .bindOrCreate("procedures", ProceduresProperties.class);
    }

    @Test
    void notBesideAnIdentityProvider() {
        SecuritySettings.Oidc provider = new SecuritySettings.Oidc(
                URI.create("https://id.example.org"), "procedures", "a-client-secret", Set.of(), "sub", "groups", null);
        SecuritySettings settings = new SecuritySettings("admin", null, null, false, false, provider);

        assertThat(new DemoAccounts(loopback, settings, REHEARSALS).wanted()).isFalse();
        assertThat(settings.toString() + settings.oidc()).doesNotContain("a-client-secret");
        assertThat(provider.roles(Set.of("ops", "chess"))).containsExactly(Role.OPS);
    }
}
