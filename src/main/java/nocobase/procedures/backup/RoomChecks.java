package nocobase.procedures.backup;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.cluster.Texts;

/** Room on the disks, client tools, the volume for durable copies, the storage: what containers answer. */
final class RoomChecks {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final long RESERVE = DiskRoom.RESERVE;
    private static final Pattern MAJOR = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

    private final ClusterSettings settings;
    private final DatabaseServer server;
    private final Site site;
    private final DiskRoom room;
    private final Duration limit;

    RoomChecks(Site site) {
        this(site, LIMIT);
    }

    /** @param limit how long containers may take to look at volume and storage */
    RoomChecks(Site site, Duration limit) {
        this.limit = limit;
        this.settings = site.settings();
        this.server = site.server();
        this.site = site;
        this.room = new DiskRoom(site);
    }

    List<Check> check(Discovery discovery, int serverVersion) throws SQLException {
        long size = server.outside(connection -> {
            long sum = 0;
            for (String database : discovery.databases()) {
                sum += DatabaseServer.one(
                        connection, "select pg_database_size(?::name)", row -> row.getLong(1), database);
            }
            return sum;
        });
        List<Check> checks = new ArrayList<>();
        if (blank(settings.database().container()) && blank(settings.database().toolsImage())) {
            checks.add(Check.fail(
                    "PostgreSQL's client tools",
                    "neither database.container nor database.tools-image is configured",
                    "Configure the database's container, or an image with pg_dump " + serverVersion / 10000 + "."));
        } else {
            checks.addAll(tools(size, serverVersion));
        }
        checks.add(roomForClone(size));
        return checks;
    }

    private List<Check> tools(long size, int serverVersion) {
        List<Check> checks = new ArrayList<>();
        JobOutput output;
        try {
            Optional<JobOutput> answer = ask();
            if (answer.isEmpty()) {
                checks.add(unanswered());
                return checks;
            }
            output = answer.get();
        } catch (CannotProceedException e) {
            checks.add(Check.fail(
                    "One-off containers", e.failure().what(), e.failure().remedy()));
            return checks;
        }
        checks.add(client(output, serverVersion));
        boolean writable = output.need("writable").contains("yes");
        checks.add(
                writable
                        ? Check.pass(
                                "Volume for durable copies",
                                settings.restorePoints().volume() + " is writable")
                        : Check.fail(
                                "Volume for durable copies",
                                settings.restorePoints().volume() + " cannot be written to",
                                "Correct restore-points.volume, or its permissions."));
        checks.add(storage(output));
        checks.add(roomForCopy(output, size));
        return checks;
    }

    /** Synchronized: the job has one name, and two checks at once would read each other's answer. */
    private synchronized Optional<JobOutput> ask() {
        String firstNode = site.runtime().observe().nodes().stream()
                .filter(node -> !node.worker())
                .map(Node::name)
                .findFirst()
                .orElse(null);
        DataJob job = site.copyJobs().check(firstNode);
        Jobs jobs = site.jobs();
        jobs.forget(job.name());
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < deadline) {
                Optional<JobOutput> output = jobs.look(job, "checking the tools and the volume");
                if (output.isPresent()) {
                    return output;
                }
                Pause.of(LOOK);
            }
            return Optional.empty();
        } finally {
            jobs.forget(job.name());
        }
    }

    /** A network storage whose server is away answers nothing at all, not even with an error. */
    private Check unanswered() {
        return Check.fail(
                "Storage",
                "the storage at " + StorageFolders.PATH + " and the volume "
                        + settings.restorePoints().volume() + " could not be looked through within "
                        + limit.toSeconds() + " s",
                "Look whether the network storage behind them answers (ls in them on the Docker host), then check again.");
    }

    /** Of an unreadable storage no archive could be made: better said now than in the downtime. */
    private static Check storage(JobOutput output) {
        String name = "Storage";
        if (!output.need("storage").contains("yes")) {
            return Check.fail(
                    name,
                    "the first node has no storage mounted at " + StorageFolders.PATH,
                    "Mount the cluster's shared storage there in every node.");
        }
        return output.values("unreadable")
                .map(said -> Check.fail(
                        name,
                        "the storage at " + StorageFolders.PATH + " cannot be read: "
                                + Texts.shown(String.join(" ", said), 300),
                        "Make it readable for root on the Docker host (network storage: mount it anew, or export it with"
                                + " no_root_squash), then check again."))
                .orElseGet(() -> Check.pass(name, "the first node has it at " + StorageFolders.PATH + ", readable"));
    }

    private static Check client(JobOutput output, int serverVersion) {
        String name = "PostgreSQL's client tools";
        String told = String.join(" ", output.need("client"));
        Matcher matcher = MAJOR.matcher(told);
        if (!matcher.find()) {
            return Check.fail(
                    name,
                    "the image has no pg_dump: " + told,
                    "Configure database.tools-image with pg_dump " + serverVersion / 10000 + ".");
        }
        int major = Integer.parseInt(matcher.group(1));
        return major >= serverVersion / 10000
                ? Check.pass(name, told + " for server " + serverVersion / 10000)
                : Check.fail(
                        name,
                        told + " is older than the server (" + serverVersion / 10000 + ")",
                        "Configure database.tools-image with pg_dump " + serverVersion / 10000 + ".");
    }

    /** How much a dump shrinks is not known before: a quarter is the least that is asked for. */
    private Check roomForCopy(JobOutput output, long size) {
        String name = "Room for the durable copy";
        long room = Long.parseLong(output.need("room").get(0)) << 10;
        long uploads = Long.parseLong(output.need("uploads").get(0)) << 10;
        String finding =
                Sizes.shown(room) + " free, database " + Sizes.shown(size) + ", uploads " + Sizes.shown(uploads);
        String remedy = "Make room on the disk of volume "
                + settings.restorePoints().volume() + ", or lower restore-points.keep.";
        if (room < size / 4 + uploads + RESERVE) {
            return Check.fail(name, finding, remedy);
        }
        return room < size + uploads + RESERVE ? Check.warn(name, finding, remedy) : Check.pass(name, finding);
    }

    private Check roomForClone(long size) throws SQLException {
        String name = "Room for the clone";
        boolean dumpFirst = settings.restorePoints().mode() == Mode.DUMP_FIRST;
        OptionalLong room = server.outside(this.room::ofDatabases);
        if (room.isEmpty()) {
            return Check.warn(
                    name,
                    "the free space of the database server's disk cannot be measured from here; the databases have "
                            + Sizes.shown(size),
                    "Make sure that as much is free there.");
        }
        String finding = Sizes.shown(room.getAsLong()) + " free, databases " + Sizes.shown(size);
        if (DiskRoom.enough(room.getAsLong(), size)) {
            return Check.pass(name, finding);
        }
        return dumpFirst
                ? Check.warn(
                        name,
                        finding + ": a restore would not fit beside the present database",
                        "Make room on the database server's disk before a rollback is needed.")
                : Check.fail(
                        name,
                        finding,
                        "Make room on the database server's disk, or set restore-points.mode to dump-first.");
    }

    private static boolean blank(String text) {
        return text == null || text.isBlank();
    }
}
