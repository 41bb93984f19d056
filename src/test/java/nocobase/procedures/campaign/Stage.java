package nocobase.procedures.campaign;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nocobase.procedures.EngineProcess;
import nocobase.procedures.UpgradeScene;
import nocobase.procedures.docker.DockerScene;

/** A cluster that serves, full of data, with its engine and people; and everything that faults are made with. */
final class Stage implements AutoCloseable {

    /** How long a node may take that never becomes ready. */
    private static final Duration PATIENCE = Duration.ofSeconds(25);

    final Images images = new Images();
    /** The engine's way to the Docker daemon. */
    final DockerDoor door = new DockerDoor();

    /** What kind of cluster it is. */
    enum Setting {
        /** It serves already. */
        SERVED,
        /** It never was started. */
        NEVER_STARTED,
        /** It serves, and its database and its restore points have small disks of their own. */
        SMALL_DISKS
    }

    private final Setting setting;
    final UpgradeScene scene;
    final EngineDatabase engineDatabase;
    final Breakpoints breakpoints;
    /** The second engine on the same database, or null. */
    EngineProcess replica;
    /** A session of somebody else's in NocoBase's database, or null. */
    Connection foreign;

    private final List<String> breaches = new ArrayList<>();
    private boolean spoilt;

    Stage(Setting setting) {
        this.setting = setting;
        DockerScene.Plan plan = DockerScene.of(3).image(images.repository(), "2.2.15");
        if (setting == Setting.SMALL_DISKS) {
            plan.smallDisk("400m").smallRestorePoints("100m");
        }
        DockerScene docker = plan.start();
        scene = UpgradeScene.neverStarted(
                docker,
                null,
                Duration.ofSeconds(60),
                Map.of(
                        "docker.host",
                        door.url(),
                        "docker.timeout",
                        "5s",
                        "install-timeout",
                        PATIENCE.toSeconds() + "s",
                        "join-timeout",
                        PATIENCE.toSeconds() + "s",
                        "restore-points.keep",
                        "2"));
        if (setting == Setting.SMALL_DISKS) {
            SmallDisks.moveIn(docker);
        }
        if (setting != Setting.NEVER_STARTED) {
            scene.serve(docker);
            fill();
        }
        scene.engine.start();
        engineDatabase = new EngineDatabase(docker);
        breakpoints = new Breakpoints(engineDatabase);
    }

    /** Rows, a sequence of the owner's, large objects, files with odd names. */
    void fill() {
        scene.docker.sql("insert into records (title, body)"
                + " select 'title ' || n, repeat(md5(n::text), 20) from generate_series(1, 20000) n");
        scene.docker.sql("create table orders (id bigserial primary key, data jsonb, at timestamptz default now())");
        scene.docker.sql("insert into orders (data) select jsonb_build_object('n', n) from generate_series(1, 3000) n");
        scene.docker.sql("create sequence invoice_numbers start 1000 increment 7");
        scene.docker.sql("select nextval('invoice_numbers') from generate_series(1, 41)");
        scene.docker.sql("select lo_from_bytea(0, convert_to(repeat('object ' || n, 1000), 'UTF8'))"
                + " from generate_series(1, 5) n");
        for (String name : List.of("contrato ação.pdf", "a'b\"c.txt", "-rf", "plain.bin")) {
            DockerScene.copy(
                    scene.docker.node(1), "/app/nocobase/storage/uploads", name, "the content of " + name + "\n");
        }
    }

    /** Something that must not be, found while a fault was made. */
    void breach(String what) {
        breaches.add(what);
    }

    List<String> takeBreaches() {
        List<String> taken = List.copyOf(breaches);
        breaches.clear();
        return taken;
    }

    /** A procedure is stuck on it: nothing more can be shown here. */
    void spoil() {
        spoilt = true;
    }

    Setting setting() {
        return setting;
    }

    boolean spoilt() {
        return spoilt;
    }

    void startReplica() {
        replica = scene.engine.replica(scene.docker.name() + "-replica");
        replica.start();
    }

    void stopReplica() {
        if (replica != null) {
            replica.close();
            replica = null;
        }
    }

    void endForeignSession() {
        try (Connection closed = foreign) {
            foreign = null;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        stopReplica();
        engineDatabase.close();
        scene.close();
        door.close();
        images.close();
    }
}
