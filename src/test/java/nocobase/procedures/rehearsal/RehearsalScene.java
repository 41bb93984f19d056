package nocobase.procedures.rehearsal;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import nocobase.procedures.EngineTables;
import nocobase.procedures.MovableClock;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DockerSettings;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RehearsalSettings;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Traffic;
import nocobase.procedures.cluster.Version;

/** A rehearsal cluster on a database of its own and a clock that the test moves. */
final class RehearsalScene {

    private static DataSource database;

    final MovableClock clock = new MovableClock(Instant.parse("2026-03-01T03:00:00Z"));
    final RehearsalClusters clusters = new RehearsalClusters(database(), clock);
    final Rehearsals rehearsals = new Rehearsals(clusters);
    final Cluster cluster;
    final OperationId operation;

    RehearsalScene(String name) {
        this(name, 3, 1);
    }

    RehearsalScene(String name, int nodes, double timeScale) {
        cluster = clusters.create(name, settings(nodes, timeScale));
        rehearsals.reset(cluster);
        operation = OperationId.next(name);
    }

    static ClusterSettings settings(int nodes, double timeScale) {
        Duration limit = Duration.ofMinutes(5);
        return new ClusterSettings(
                ClusterSettings.Kind.REHEARSAL,
                null,
                Map.of(),
                limit,
                limit,
                limit,
                limit,
                limit,
                limit,
                Duration.ofSeconds(30),
                Traffic.AFTER_ALL_NODES,
                Set.of(),
                null,
                new DockerSettings("unix:///var/run/docker.sock", null, Duration.ofSeconds(20), Map.of()),
                null,
                null,
                null,
                null,
                new RehearsalSettings(nodes, "2.2.15", timeScale));
    }

    static synchronized DataSource database() {
        if (database == null) {
            try {
                EmbeddedPostgres server = EmbeddedPostgres.start();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> close(server)));
                // A connection for each look would cost more than the look.
                HikariDataSource pool = new HikariDataSource();
                pool.setDataSource(server.getPostgresDatabase());
                database = EngineTables.in(pool);
            } catch (IOException e) {
                throw new IllegalStateException("The tests' PostgreSQL does not start.", e);
            }
        }
        return database;
    }

    private static void close(EmbeddedPostgres server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException("The tests' PostgreSQL does not stop.", e);
        }
    }

    void pass(Duration duration) {
        clock.advance(duration);
    }

    void passSeconds(long seconds) {
        pass(Duration.ofSeconds(seconds));
    }

    RehearsalWorld world() {
        return rehearsals.observe(cluster);
    }

    /** Repeats an ensuring call, half a second apart, as a watcher does. */
    <T> T until(Supplier<Progress<T>> call) {
        Progress<T> progress = await(call);
        if (progress instanceof Progress.Done<T> done) {
            return done.result();
        }
        throw new AssertionError("Not done: " + progress);
    }

    <T> Failure untilFailed(Supplier<Progress<T>> call) {
        Progress<T> progress = await(call);
        if (progress instanceof Progress.Failed<T> failed) {
            return failed.failure();
        }
        throw new AssertionError("Not failed: " + progress);
    }

    private <T> Progress<T> await(Supplier<Progress<T>> call) {
        for (int look = 0; look < 400; look++) {
            Progress<T> progress = call.get();
            if (!(progress instanceof Progress.Pending)) {
                return progress;
            }
            pass(Duration.ofMillis(500));
        }
        throw new AssertionError("Still pending after 200 s: " + call.get());
    }

    /** The steps of an upgrade up to the switched, stopped nodes. */
    void prepare(Version target) {
        until(() -> cluster.runtime().pull(target));
        suspend();
        until(() -> cluster.restorePoints().take(operation));
        cluster.runtime().switchVersion(target, operation);
    }

    /** Clients get the 503 page, what they had begun ends, all nodes stop. */
    void suspend() {
        List<Node> leaving = cluster.runtime().observe().running();
        cluster.balancer().route(Route.Maintenance.closed(operation, clock.instant()));
        until(() -> cluster.balancer().drained(leaving, Duration.ofSeconds(30)));
        until(() -> cluster.runtime().scale(Scale.none()));
    }

    void startFirst(Version version) {
        launchFirst();
        until(() -> firstReady(version));
    }

    void launchFirst() {
        until(() -> cluster.runtime().scale(Scale.first()));
    }

    Progress<nocobase.procedures.cluster.NocoBase.Readiness> firstReady(Version version) {
        return ready("app-1", version);
    }

    Progress<nocobase.procedures.cluster.NocoBase.Readiness> ready(String node, Version version) {
        return cluster.application()
                .ready(cluster.runtime().observe().node(node).orElseThrow(), version);
    }

    void startOthers(Version version) {
        until(() -> cluster.runtime().scale(Scale.all(Set.of())));
        until(() -> ready("app-2", version));
        until(() -> ready("app-3", version));
    }

    void routeToCluster() {
        Route route = new Route.Nodes(cluster.runtime().observe().nodes());
        cluster.balancer().route(route);
        until(() -> cluster.balancer().prove(route));
    }
}
