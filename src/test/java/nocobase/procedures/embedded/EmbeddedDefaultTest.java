package nocobase.procedures.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.ProceduresProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the engine is given when nobody configures a database, and that it is not given it otherwise. */
class EmbeddedDefaultTest {

    @TempDir
    Path directory;

    @Configuration
    @ImportAutoConfiguration(DataSourceAutoConfiguration.class)
    @Import(EmbeddedConfiguration.class)
    @EnableConfigurationProperties({EmbeddedProperties.class, ProceduresProperties.class})
    static class Engine {}

    private ConfigurableApplicationContext run(String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--procedures.embedded.directory=" + directory,
                "--procedures.embedded.keep=true",
                "--spring.main.banner-mode=off"));
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        SpringApplication application = new SpringApplication(Engine.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        return application.run(arguments.toArray(String[]::new));
    }

    @Test
    void withoutADatabaseThereIsTheEmbeddedOneOnLoopbackAndARehearsalCluster() {
        try (ConfigurableApplicationContext engine = run("spring.datasource.hikari.maximum-pool-size=7")) {
            DataSource pool = engine.getBean(DataSource.class);
            assertThat(new JdbcTemplate(pool).queryForObject("select current_user", String.class))
                    .isEqualTo("procedures");
            assertThat(((HikariDataSource) pool).getMaximumPoolSize()).isEqualTo(7);
            assertThat(engine.getEnvironment().getProperty("server.address")).isEqualTo("127.0.0.1");
            ProceduresProperties properties = engine.getBean(ProceduresProperties.class);
            assertThat(properties.clusters()).containsOnlyKeys("rehearsal");
            ClusterSettings cluster = properties.clusters().get("rehearsal");
            assertThat(cluster.label()).isEqualTo("Rehearsal cluster");
            assertThat(cluster.rehearsal().nodes()).isEqualTo(3);
            assertThat(cluster.rehearsal().timeScale()).isEqualTo(4);
        }
        assertThat(directory.resolve("cluster/PG_VERSION")).exists();
        assertThat(directory.resolve("cluster/postmaster.pid"))
                .as("it is stopped with the engine")
                .doesNotExist();
    }

    @Test
    void aConfiguredClusterReplacesTheRehearsalCluster() {
        try (ConfigurableApplicationContext engine =
                run("procedures.clusters.training.runtime=rehearsal", "server.address=0.0.0.0")) {
            assertThat(engine.getBean(ProceduresProperties.class).clusters()).containsOnlyKeys("training");
            assertThat(engine.getEnvironment().getProperty("server.address")).isEqualTo("0.0.0.0");
        }
    }

    @Test
    void aConfiguredDatabaseSwitchesTheEmbeddedOneOff() {
        try (ConfigurableApplicationContext engine =
                run("spring.datasource.url=jdbc:postgresql://127.0.0.1:1/nowhere", "spring.datasource.username=me")) {
            assertThat(((HikariDataSource) engine.getBean(DataSource.class)).getJdbcUrl())
                    .isEqualTo("jdbc:postgresql://127.0.0.1:1/nowhere");
            assertThat(engine.getBeanProvider(EmbeddedPostgresServer.class)).isEmpty();
            assertThat(engine.getBean(ProceduresProperties.class).clusters()).isEmpty();
            assertThat(engine.getEnvironment().getProperty("server.address")).isNull();
        }
        assertThat(directory).isEmptyDirectory();
    }
}
