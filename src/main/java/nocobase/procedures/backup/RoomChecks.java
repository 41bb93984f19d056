package nocobase.procedures.backup;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePointSettings.Mode;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;

/**
 * Room on the disks, client tools, the volume for durable copies, the storage: what containers answer. Nobody can rehearse room,
 * and what is in no archive fails nothing. The rest is met by the dry run too, which a network storage that does not answer would
 * hold up, and says it worse.
 */
final class RoomChecks {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int SHOWN = 8;
    private static final int LINE = 300;
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
        long size = discovery.size(server);
        List<Check> checks = new ArrayList<>();
        if (blank(settings.database().container()) && blank(settings.database().toolsImage())) {
            checks.add(Check.fail(
                    MESSAGES.text("check.tools"),
                    MESSAGES.text("check.tools.none"),
                    MESSAGES.text("check.tools.none.remedy", serverVersion / 10000)));
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
        } catch (FailureException e) {
            checks.add(Check.fail(
                    MESSAGES.text("check.jobs"), e.failure().what(), e.failure().remedy()));
            return checks;
        }
        checks.add(client(output, serverVersion));
        boolean writable = output.need("writable").contains("yes");
        checks.add(
                writable
                        ? Check.pass(
                                MESSAGES.text("check.volume"),
                                MESSAGES.text(
                                        "check.volume.writable",
                                        settings.restorePoints().volume()))
                        : Check.fail(
                                MESSAGES.text("check.volume"),
                                MESSAGES.text(
                                        "check.volume.readOnly",
                                        settings.restorePoints().volume()),
                                MESSAGES.text("check.volume.remedy")));
        checks.add(storage(output));
        checks.add(contentOfStorage(output));
        checks.add(roomForCopy(output, size));
        return checks;
    }

    /** Synchronized: the job has one name, and two checks at once would read each other's answer. */
    private synchronized Optional<JobOutput> ask() {
        String firstNode = site.runtime().observe().firstIfAny().map(Node::name).orElse(null);
        DataJob job = site.copyJobs().check(firstNode);
        Jobs jobs = site.jobs();
        jobs.forget(job.name());
        try {
            long deadline = System.nanoTime() + limit.toNanos();
            while (System.nanoTime() < deadline) {
                Optional<JobOutput> output = jobs.look(job, MESSAGES.text("doing.checkVolume"));
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
                MESSAGES.text("check.storage"),
                MESSAGES.text(
                        "check.storage.slow",
                        StorageFolders.PATH,
                        settings.restorePoints().volume(),
                        limit.toSeconds()),
                MESSAGES.text("check.storage.slow.remedy"));
    }

    /** Stands for {@code tar} of the folders. Of an unreadable storage no archive could be made: better said now than in the downtime. */
    private static Check storage(JobOutput output) {
        String name = MESSAGES.text("check.storage");
        if (!output.need("storage").contains("yes")) {
            return Check.fail(
                    name,
                    MESSAGES.text("check.storage.none", StorageFolders.PATH),
                    MESSAGES.text("check.storage.none.remedy"));
        }
        return output.values("unreadable")
                .map(said -> Check.fail(
                        name,
                        MESSAGES.text(
                                "check.storage.unread", StorageFolders.PATH, Texts.shown(String.join(" ", said), LINE)),
                        MESSAGES.text("check.storage.unread.remedy")))
                .orElseGet(() -> Check.pass(name, MESSAGES.text("check.storage.found", StorageFolders.PATH)));
    }

    /** An archive of a link holds nothing; and what is in no archive, a rollback does not bring back. */
    private static Check contentOfStorage(JobOutput output) {
        String name = MESSAGES.text("check.content");
        List<String> unfollowed =
                output.all("unfollowed").stream().map(JobOutput::said).toList();
        if (!unfollowed.isEmpty()) {
            return Check.fail(name, MESSAGES, "check.content.unfollowed.", shown(unfollowed, "; "));
        }
        List<String> uncovered = output.all("uncovered");
        return uncovered.isEmpty()
                ? Check.pass(name, MESSAGES.text("check.content.all"))
                : Check.warn(name, MESSAGES, "check.content.uncovered.", shown(uncovered, ", "));
    }

    private static String shown(List<String> lines, String between) {
        return lines.stream().limit(SHOWN).map(line -> Texts.shown(line, LINE)).collect(Collectors.joining(between))
                + (lines.size() > SHOWN ? MESSAGES.text("more", lines.size() - SHOWN) : "");
    }

    /** Stands for {@code pg_dump}, which refuses a server that is newer than itself. */
    private static Check client(JobOutput output, int serverVersion) {
        String name = MESSAGES.text("check.tools");
        String told = String.join(" ", output.need("client"));
        Matcher matcher = MAJOR.matcher(told);
        if (!matcher.find()) {
            return Check.fail(
                    name,
                    MESSAGES.text("check.tools.noDump", told),
                    MESSAGES.text("check.tools.remedy", serverVersion / 10000));
        }
        int major = Integer.parseInt(matcher.group(1));
        return major >= serverVersion / 10000
                ? Check.pass(name, MESSAGES.text("check.tools.fit", told, serverVersion / 10000))
                : Check.fail(
                        name,
                        MESSAGES.text("check.tools.older", told, serverVersion / 10000),
                        MESSAGES.text("check.tools.remedy", serverVersion / 10000));
    }

    /** Stands for the dump and the archive. How much a dump shrinks is not known before: a quarter is the least that is asked for. */
    private Check roomForCopy(JobOutput output, long size) {
        String name = MESSAGES.text("check.copyRoom");
        long room = Long.parseLong(output.need("room").get(0)) << 10;
        long uploads = Long.parseLong(output.need("uploads").get(0)) << 10;
        String finding =
                MESSAGES.text("check.copyRoom.found", Sizes.shown(room), Sizes.shown(size), Sizes.shown(uploads));
        String remedy =
                MESSAGES.text("check.copyRoom.remedy", settings.restorePoints().volume());
        if (room < size / 4 + uploads + RESERVE) {
            return Check.fail(name, finding, remedy);
        }
        return room < size + uploads + RESERVE ? Check.warn(name, finding, remedy) : Check.pass(name, finding);
    }

    /** Stands for {@code CREATE DATABASE … TEMPLATE}, or for restoring the dump beside the present database. */
    private Check roomForClone(long size) throws SQLException {
        String name = MESSAGES.text("check.cloneRoom");
        boolean dumpFirst = settings.restorePoints().mode() == Mode.DUMP_FIRST;
        OptionalLong room = server.outside(this.room::ofDatabases);
        if (room.isEmpty()) {
            return Check.warn(
                    name,
                    MESSAGES.text("check.cloneRoom.unknown", Sizes.shown(size)),
                    MESSAGES.text("check.cloneRoom.unknown.remedy"));
        }
        String finding = MESSAGES.text("check.cloneRoom.found", Sizes.shown(room.getAsLong()), Sizes.shown(size));
        if (DiskRoom.enough(room.getAsLong(), size)) {
            return Check.pass(name, finding);
        }
        return dumpFirst
                ? Check.warn(
                        name,
                        MESSAGES.text("check.cloneRoom.restore", finding),
                        MESSAGES.text("check.cloneRoom.restore.remedy"))
                : Check.fail(name, finding, MESSAGES.text("check.cloneRoom.remedy"));
    }

    private static boolean blank(String text) {
        return text == null || text.isBlank();
    }
}
