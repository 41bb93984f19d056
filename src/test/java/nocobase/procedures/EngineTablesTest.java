package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/** The engine's tables: the same ones whatever the database was before, with all that was in them. */
class EngineTablesTest {

    private static final String VERSION_0_2_0 = "schema/schema-of-0.2.0.sql";
    private static final String CAMUNDA = "org/camunda/bpm/engine/db/create/activiti.postgres.create.engine.sql";
    private static final int ENGINES = 4;

    private static EmbeddedPostgres server;
    private static int databases;

    @BeforeAll
    static void startServer() throws IOException {
        server = EmbeddedPostgres.start();
        new JdbcTemplate(server.getPostgresDatabase()).execute("create role ordinary login password 'ordinary'");
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @Test
    void aDatabaseOfVersion020KeepsItsRowsAndItsColumns() {
        JdbcTemplate database = database(VERSION_0_2_0);
        List<String> schema = schema(database);
        Map<String, String> rows = rows(database);

        migrate(database);

        assertThat(schema(database)).isEqualTo(schema);
        assertThat(rows(database)).isEqualTo(rows).hasSize(15);
    }

    @Test
    void anEmptyDatabaseGetsTheSameTables() {
        JdbcTemplate empty = database();
        migrate(empty);

        assertThat(schema(empty)).isEqualTo(schema(database(VERSION_0_2_0)));
    }

    @Test
    void whatWasAddedToATableSinceItWasMadeIsAdded() {
        JdbcTemplate old = database(VERSION_0_2_0);
        old.execute("alter table cluster_claim drop column node_limit, drop column node_limit_since");
        old.execute("alter table decision drop column words");
        old.execute("alter table evidence drop column summary");
        old.execute(
                "drop table cluster_plan, cluster_fence, engine_identity, run_measure, downtime_part, downtime cascade");

        migrate(old);

        assertThat(schema(old)).isEqualTo(schema(database(VERSION_0_2_0)));
        assertThat(old.queryForObject("select words from decision", String.class))
                .isEqualTo("{}");
    }

    @Test
    void camundasTablesMayBeThereFirst() {
        JdbcTemplate camundas = database(CAMUNDA);

        migrate(camundas);

        assertThat(schema(camundas)).containsAll(schema(database(VERSION_0_2_0)));
    }

    @Test
    void enginesThatStartAtTheSameTimeMakeThemOnce() throws Exception {
        for (JdbcTemplate database : List.of(database(), database(), database(), database(VERSION_0_2_0))) {
            ExecutorService engines = Executors.newFixedThreadPool(ENGINES);
            try {
                Callable<Void> engine = () -> {
                    migrate(database);
                    return null;
                };
                for (Future<Void> started : engines.invokeAll(Collections.nCopies(ENGINES, engine))) {
                    started.get();
                }
            } finally {
                engines.shutdownNow();
            }
            assertThat(database.queryForList(
                            "select version from procedures_schema_history where version <> '0'", String.class))
                    .containsExactly("1");
        }
    }

    /** One whose owner has no right beyond it. */
    private static JdbcTemplate database(String... scripts) {
        String name = "engine_" + ++databases;
        new JdbcTemplate(server.getPostgresDatabase()).execute("create database " + name + " owner ordinary");
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(server.getJdbcUrl("ordinary", name));
        database.setUser("ordinary");
        database.setPassword("ordinary");
        for (String script : scripts) {
            new ResourceDatabasePopulator(new ClassPathResource(script)).execute(database);
        }
        return new JdbcTemplate(database);
    }

    /** As the engine does when it starts, by its own configuration. */
    private static void migrate(JdbcTemplate database) {
        new ApplicationContextRunner()
                .withInitializer(new ConfigDataApplicationContextInitializer())
                .withConfiguration(AutoConfigurations.of(FlywayAutoConfiguration.class))
                .withUserConfiguration(OneMigrationAtATime.class)
                .withBean(DataSource.class, database::getDataSource)
                .run(context -> assertThat(context).hasNotFailed());
    }

    /** Each column, index, constraint and view, in words. */
    private static List<String> schema(JdbcTemplate database) {
        return database.queryForList("""
                select concat_ws(' ', table_name,
                                 row_number() over (partition by table_name order by ordinal_position), column_name, data_type, character_maximum_length,
                                 is_nullable, column_default, is_identity, identity_generation)
                  from information_schema.columns
                 where table_schema = 'public' and table_name <> 'procedures_schema_history'
                union all
                select indexdef from pg_indexes
                 where schemaname = 'public' and tablename <> 'procedures_schema_history'
                union all
                select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
                 where connamespace = 'public'::regnamespace
                   and conrelid is distinct from to_regclass('procedures_schema_history')
                union all
                select concat_ws(' ', viewname, definition) from pg_views where schemaname = 'public'
                order by 1
                """, String.class);
    }

    /** The one row of each table. */
    private static Map<String, String> rows(JdbcTemplate database) {
        return database
                .queryForList(
                        "select tablename from pg_tables where schemaname = 'public' and tablename <> 'procedures_schema_history'",
                        String.class)
                .stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        table -> database.queryForObject("select t::text from " + table + " t", String.class)));
    }
}
