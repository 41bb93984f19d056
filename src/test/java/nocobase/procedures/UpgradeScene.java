package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.model.Container;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nocobase.procedures.Person.Task;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;

/**
 * A cluster that serves clients through nginx, the engine beside it as a process of its own with its database in another
 * PostgreSQL database, and the people who work with it: olga (a deputy: ops and managers), otto (ops), maria (manager).
 */
public final class UpgradeScene implements AutoCloseable {

    public static final Version PREVIOUS = Version.parse("2.2.15");

    public static final String ENGINE_DATABASE = "procedures";
    public static final String ENGINE_PASSWORD = "engine-secret-of-the-scene";
    private static final String PEOPLE_PASSWORD = "people-secret-of-the-scene";

    public final DockerScene docker;
    public final Person olga;
    public final Person otto;
    public final Person maria;
    public final Person admin;
    public final EngineProcess engine;
    final ClientWatch client;
    /** Another cluster of the same engine, or null. */
    final DockerScene second;

    private final DockerCluster host;
    private final DockerClusters clusters;
    private final Cluster cluster;
    private final Duration readyLimit;
    private final HikariDataSource engineDatabase = new HikariDataSource();
    private String operation;
    private String instance;

    /** @param readyLimit how long a node may take to be ready */
    UpgradeScene(DockerScene docker, Duration readyLimit) {
        this(docker, readyLimit, Map.of());
    }

    /** @param clusterKeys further settings of the cluster */
    UpgradeScene(DockerScene docker, Duration readyLimit, Map<String, String> clusterKeys) {
        this(docker, null, readyLimit, clusterKeys);
        serve(docker);
    }

    /**
     * Nodes that never ran, an empty database; and a second cluster of the same kind.
     *
     * @param clusterKeys further settings of the first cluster
     */
    public static UpgradeScene neverStarted(
            DockerScene docker, DockerScene second, Duration readyLimit, Map<String, String> clusterKeys) {
        return new UpgradeScene(docker, second, readyLimit, clusterKeys);
    }

    private UpgradeScene(DockerScene docker, DockerScene second, Duration readyLimit, Map<String, String> clusterKeys) {
        this.docker = docker;
        this.second = second;
        this.readyLimit = readyLimit;
        createEngineDatabase();
        engineDatabase.setJdbcUrl(docker.jdbcUrl(ENGINE_DATABASE));
        engineDatabase.setUsername(ENGINE_DATABASE);
        engineDatabase.setPassword(ENGINE_PASSWORD);
        engineDatabase.setMaximumPoolSize(3);
        engineDatabase.setMinimumIdle(0);
        clusters = new DockerClusters(engineDatabase, Clock.systemUTC());
        cluster = clusters.create(docker.name(), docker.settings());
        host = new DockerCluster(docker.name(), docker.settings(), Clock.systemUTC());
        engine = new EngineProcess(engineSettings(clusterKeys), docker.name());
        olga = person("olga");
        otto = person("otto");
        maria = person("maria");
        admin = person("admin");
        client = new ClientWatch(docker.applicationUrl());
    }

    private Person person(String name) {
        return new Person(engine.url(), name, PEOPLE_PASSWORD);
    }

    private void createEngineDatabase() {
        try (Connection connection = DriverManager.getConnection(
                        docker.jdbcUrl("postgres"), DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + ENGINE_DATABASE + " LOGIN PASSWORD '" + ENGINE_PASSWORD + "'");
            statement.execute("CREATE DATABASE " + ENGINE_DATABASE + " OWNER " + ENGINE_DATABASE);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> engineSettings(Map<String, String> clusterKeys) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spring.datasource.url", docker.jdbcUrl(ENGINE_DATABASE));
        settings.put("spring.datasource.username", ENGINE_DATABASE);
        settings.put("spring.datasource.password", ENGINE_PASSWORD);
        settings.putAll(clusterSettings(docker));
        clusterKeys.forEach((key, value) -> settings.put("procedures.clusters." + docker.name() + "." + key, value));
        if (second != null) {
            settings.putAll(clusterSettings(second));
        }
        Map.of("olga", "ops,managers", "otto", "ops", "maria", "managers", "admin", "admins")
                .forEach((name, group) -> {
                    settings.put("procedures.security.users." + name + ".password", PEOPLE_PASSWORD);
                    settings.put("procedures.security.users." + name + ".groups", group);
                });
        return settings;
    }

    private static Map<String, String> clusterSettings(DockerScene scene) {
        String cluster = "procedures.clusters." + scene.name() + ".";
        Map<String, String> settings = new LinkedHashMap<>();
        scene.keys().forEach((key, value) -> settings.put(cluster + key, value));
        Stream.of("version-upgrade", "first-start", "in-app-maintenance", "return-to-service")
                .forEach(procedure -> settings.put(cluster + "policies." + procedure, "allowed"));
        return settings;
    }

    /**
     * As the documentation has it: one node first, then the others; then clients are let in. The others one after another:
     * the first start after an installation still records migrations, and of two nodes that do so at once one ends in
     * APP_ERROR (tried with NocoBase 2.2.15).
     */
    public void serve(DockerScene scene) {
        Cluster served = cluster(scene);
        for (String name : scene.nodes()) {
            scene.startNode(scene.nodes().indexOf(name) + 1);
            awaitReady(served, name);
        }
        Route route = new Route.Nodes(served.runtime().observe().nodes());
        served.balancer().route(route);
        Awaitility.await("clients reach the nodes")
                .pollInterval(Duration.ofMillis(100))
                .until(() -> served.balancer().prove(route) instanceof Progress.Done<?>);
    }

    private void awaitReady(Cluster served, String name) {
        Awaitility.await(name + " is ready")
                .atMost(readyLimit)
                .pollInterval(Duration.ofMillis(250))
                .until(() -> {
                    Progress<?> ready = served.application()
                            .ready(served.runtime().observe().node(name).orElseThrow(), PREVIOUS);
                    assertThat(ready).isNotInstanceOf(Progress.Failed.class);
                    return ready instanceof Progress.Done<?>;
                });
    }

    private Cluster cluster(DockerScene scene) {
        return scene == docker ? cluster : clusters.create(scene.name(), scene.settings());
    }

    public Cluster cluster() {
        return cluster;
    }

    public List<Node> nodes() {
        return cluster.runtime().observe().nodes();
    }

    /** Operation id of the running procedure. */
    public String operation() {
        return operation;
    }

    void start(Person starter, String version) {
        start(starter, "version-upgrade", Map.of("targetVersion", version));
    }

    public void start(Person starter, String procedure, Map<String, Object> further) {
        client.forget();
        Map<String, Object> answers = new LinkedHashMap<>(further);
        answers.putIfAbsent("cluster", docker.name());
        answers.put("reason", "as agreed");
        JsonNode started = starter.start(procedure, answers);
        operation = started.path("businessKey").asText();
        instance = started.path("id").asText();
        assertThat(operation).startsWith(answers.get("cluster") + "-");
    }

    /** The task, as soon as it is there. Another open task ends the wait: the procedure took another way. */
    Task await(Person person, String key, Duration limit) {
        List<Task> found = new ArrayList<>();
        Awaitility.await("task " + key)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(250))
                .conditionEvaluationListener(null)
                .until(() -> {
                    found.clear();
                    found.addAll(person.tasks(operation));
                    return !found.isEmpty();
                });
        Task task = found.get(0);
        if (!task.key().equals(key)) {
            throw new AssertionError("Expected task " + key + ", but there is " + task + " with "
                    + person.shown(task).toPrettyString());
        }
        return task;
    }

    /** Accepts the plan with each of its warnings. */
    void acceptPlan(Person person, Duration limit) {
        Person.Task task = await(person, "reviewPlan", limit);
        person.complete(task, Map.of("planAccepted", true, "acceptedWarnings", person.warnings(task)));
    }

    void complete(Person person, String key, Duration limit, Map<String, Object> answers) {
        person.complete(await(person, key, limit), answers);
    }

    /** The one who verifies has looked, and it works. */
    void verify(Person person, Duration limit) {
        complete(
                person,
                "verifyFunctionality",
                limit,
                Map.of("verification", "works", "verificationComment", "Looked at the main pages"));
    }

    /** The way back is a restore point: chosen, approved, and verified when it is restored. */
    void restore(String restorePoint, Duration soon, Duration restored) {
        complete(
                olga,
                "chooseWayBack",
                soon,
                Map.of("wayBack", "restore", "restorePointChosen", restorePoint, "wayBackComment", "as agreed"));
        approveRollback(maria, soon);
        verify(otto, restored);
    }

    void approveRollback(Person manager, Duration limit) {
        complete(manager, "approveRollback", limit, Map.of("rollbackApproved", true, "approvalComment", "Go ahead"));
    }

    /** Somebody starts that node while it may not run. @return how long it ran */
    Duration intrude(int number, Duration limit) {
        String node = docker.node(number);
        docker.startNode(number);
        Awaitility.await(node + " is stopped")
                .atMost(limit)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !docker.inspect(node).getState().getRunning());
        var state = docker.inspect(node).getState();
        return Duration.between(Instant.parse(state.getStartedAt()), Instant.parse(state.getFinishedAt()));
    }

    /** Until an execution waits for the message of the condition watcher. */
    void awaitWaiting(String message, Duration limit) {
        Awaitility.await("waiting for " + message)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> !engineSql(
                                "select event_name_ from act_ru_event_subscr where event_name_ = '" + message + "'")
                        .isEmpty());
    }

    /** The version that NocoBase's database tells stays as it is until this is closed: no upgrade can end. */
    Held holdVersion() {
        try {
            Connection connection = DriverManager.getConnection(
                    docker.jdbcUrl(DockerScene.DATABASE), DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD);
            connection.setAutoCommit(false);
            Held held = new Held(connection);
            held.execute("lock table \"applicationVersion\" in exclusive mode");
            return held;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A session that holds something. */
    record Held(Connection connection) implements AutoCloseable {

        /** What waits for it does not get it when this is closed. */
        void endSessions() {
            execute("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and pid <> pg_backend_pid()");
        }

        private void execute(String sql) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(sql, e);
            }
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** Until the query's answer in NocoBase's database is true. */
    void awaitTrue(String query) {
        Awaitility.await(query)
                .atMost(readyLimit)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> sql(query).equals(List.of("t")));
    }

    /** As an administrator does in Cockpit. */
    public void deleteInstance() {
        admin.delete("/process-instance/" + instance);
    }

    /** Id of the end event that the procedure ended at. An open task ends the wait. */
    String awaitEnd(Duration limit) {
        Awaitility.await("the end of " + operation)
                .atMost(limit)
                .pollInterval(Duration.ofMillis(250))
                .until(() -> {
                    for (Person person : List.of(olga, maria)) {
                        for (Task task : person.tasks(operation)) {
                            throw new AssertionError("Expected the end, but there is " + task + " with "
                                    + person.shown(task).toPrettyString());
                        }
                    }
                    return maria.get("/history/process-instance/" + instance)
                            .path("state")
                            .asText()
                            .equals("COMPLETED");
                });
        return engineSql("select end_act_id_ from act_hi_procinst where id_ = '" + instance + "'")
                .get(0);
    }

    /** All nodes are ready on that version by all proofs, and clients get answers from them. */
    public void assertServes(Version version) {
        assertThat(nodes()).hasSize(docker.nodes().size()).allSatisfy(node -> {
            assertThat(node.version()).isEqualTo(version);
            assertThat(cluster.application().ready(node, version)).isInstanceOf(Progress.Done.class);
        });
        assertThat(cluster.balancer().prove(new Route.Nodes(nodes()))).isInstanceOf(Progress.Done.class);
        assertThat(cluster.application().recordedVersion()).contains(version);
    }

    /** Nothing but what the owner made, with the owner's restart policy. */
    void assertNothingLeftBehind(String restartPolicy) {
        List<String> owners = Stream.concat(
                        docker.nodes().stream(), Stream.of(docker.databaseContainer(), docker.balancerContainer()))
                .toList();
        assertThat(containerNames()).containsExactlyInAnyOrderElementsOf(owners);
        assertThat(docker.nodes())
                .allSatisfy(node -> assertThat(docker.inspect(node)
                                .getHostConfig()
                                .getRestartPolicy()
                                .getName())
                        .isEqualTo(restartPolicy));
        assertThat(engineSql("select cluster from cluster_claim")).isEmpty();
    }

    List<String> environment(int number) {
        return List.of(docker.inspect(docker.node(number)).getConfig().getEnv());
    }

    private List<String> containerNames() {
        return docker.containers().stream()
                .map(Container::getNames)
                .map(names -> names[0].substring(1))
                .toList();
    }

    public Set<String> databases() {
        return Set.copyOf(sql("postgres", "select datname from pg_database"));
    }

    /** Keeps the schema as it is now, to be compared with later. */
    void keepSchema() {
        inDatabaseContainer(DUMP_SCHEMA + " > /tmp/schema-kept.sql");
    }

    /** The difference of the schema to the kept one, as a person reads it; empty if there is none. */
    String schemaDifference() {
        return inDatabaseContainer(
                DUMP_SCHEMA + " > /tmp/schema-now.sql; diff /tmp/schema-kept.sql /tmp/schema-now.sql || true");
    }

    /** Without the random words that newer versions of pg_dump put there. */
    private static final String DUMP_SCHEMA = "pg_dump --schema-only -h 127.0.0.1 -U " + DockerScene.ADMIN + " "
            + DockerScene.DATABASE + " | grep -v -e '^.restrict' -e '^.unrestrict'";

    private String inDatabaseContainer(String script) {
        var result = host.containers()
                .exec(docker.databaseContainer(), List.of("sh", "-ec", script), Duration.ofSeconds(60));
        assertThat(result.exitCode()).as(script + ": " + result.output()).isZero();
        return result.output().strip();
    }

    public List<String> sql(String query) {
        return sql(DockerScene.DATABASE, query);
    }

    public List<String> sql(String database, String query) {
        return query(docker.jdbcUrl(database), DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD, query);
    }

    List<String> sqlOfSecond(String query) {
        return query(second.jdbcUrl(), DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD, query);
    }

    /** Through a pool: some ask many times a second, and each new connection is a process of PostgreSQL. */
    public List<String> engineSql(String query) {
        try (Connection connection = engineDatabase.getConnection()) {
            return query(connection, query);
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    /** Nothing of it stays open: NocoBase's database could not be cloned then. */
    private static List<String> query(String url, String user, String password, String query) {
        try (Connection connection = DriverManager.getConnection(url, user, password)) {
            return query(connection, query);
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    private static List<String> query(Connection connection, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                rows.add(result.getString(1));
            }
        }
        return rows;
    }

    /** Prints what clients got and how long each wait and each answer took, from the first 503 on. */
    void report(String title) {
        Optional<Instant> down = client.periods().stream()
                .filter(period -> period.status() == 503)
                .map(ClientWatch.Period::from)
                .findFirst();
        StringBuilder text = new StringBuilder("==== " + title + "\n");
        text.append("clients got: ").append(client.periods()).append('\n');
        String since = down.map(Instant::toString).orElse("now");
        engineSql("select format('%s s .. %s s  %s: %s', round(extract(epoch from start_time_ - '" + since
                        + "'::timestamptz)::numeric, 1),"
                        + " round(extract(epoch from end_time_ - '" + since
                        + "'::timestamptz)::numeric, 1), act_type_, act_name_)"
                        + " from act_hi_actinst where act_type_ in ('receiveTask', 'userTask') and start_time_ > '"
                        + since
                        + "'::timestamptz - interval '60 s' order by start_time_")
                .forEach(line -> text.append(String.format(Locale.ROOT, "  %s%n", line)));
        System.out.println(text);
    }

    /** When a node's container was last started. */
    Instant started(int number) {
        return Instant.parse(docker.inspect(docker.node(number)).getState().getStartedAt());
    }

    /** When a node's container logged a line with the text for the first time. */
    Instant firstLogged(int number, String text) {
        return logged(number, text).get(0);
    }

    /** When a node's container logged a line with the text for the last time. */
    Instant lastLogged(int number, String text) {
        List<Instant> times = logged(number, text);
        return times.get(times.size() - 1);
    }

    private List<Instant> logged(int number, String text) {
        String log = DockerScene.log(docker.node(number));
        List<Instant> times = log.lines()
                .filter(line -> line.contains(text))
                .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
                .toList();
        assertThat(times).as("\"" + text + "\" in the log:\n" + log).isNotEmpty();
        return times;
    }

    @Override
    public void close() {
        client.close();
        engine.close();
        clusters.close();
        engineDatabase.close();
        host.close();
        docker.close();
        if (second != null) {
            second.close();
        }
    }
}
