package nocobase.procedures.rehearsal;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.cluster.Version;

/**
 * The faults to order: upgrade a rehearsal cluster to a version with the fault's patch number (2.2.17, 2.3.17, …) and the
 * fault strikes. Major and minor are free, so that training can go on with 2.3.x when 2.2.x is used up. A patch number
 * that is not listed here is a good version, except that no image exists for 90 and above.
 *
 * <p>A fault that strikes once does so once for each operation: trying again works.
 */
public enum RehearsalFault {
    /** During the first start a migration fails (APP_ERROR) and leaves the database so that only a restore helps. */
    UPGRADE_BREAKS(17, Times.ALWAYS, "the first start breaks the database in a migration; only a rollback helps"),
    /** The first node answers 503 for ever: the time-out decides. */
    NEVER_READY(18, Times.ALWAYS, "the first node never becomes ready: the time limit strikes"),
    /** The last node's container ends shortly after each start. */
    LAST_NODE_ENDS(19, Times.ALWAYS, "the last node will not start"),
    /** The clone finds no room on the disk. */
    BACKUP_FAILS(20, Times.ALWAYS, "the backup fails each time"),
    /** The clone finds no room on the disk, the next one does. */
    BACKUP_FAILS_ONCE(21, Times.ONCE, "the backup fails, trying again works"),
    /** The durable copy lacks tables each time. */
    DUMP_INVALID(22, Times.ALWAYS, "the durable copy does not pass its verification"),
    /** The balancer refuses the configuration that routes to the cluster. */
    CLUSTER_ROUTE_REFUSED_ONCE(23, Times.ONCE, "the balancer refuses the route to the cluster, trying again works"),
    /** The last node's container ends shortly after its first start. */
    LAST_NODE_ENDS_ONCE(24, Times.ONCE, "the last node does not start, trying again works"),
    /** The balancer refuses the configuration with the 503 page. */
    MAINTENANCE_ROUTE_REFUSED_ONCE(25, Times.ONCE, "the balancer refuses the 503 page, trying again works"),
    /** The last running node does not stop. */
    STOP_FAILS_ONCE(26, Times.ONCE, "a node does not stop, trying again works"),
    /** The durable copy lacks tables, the next one is complete. */
    DUMP_INVALID_ONCE(27, Times.ONCE, "the durable copy does not pass its verification, trying again works"),
    /** The first node reports APP_ERROR without touching the database. */
    FIRST_NODE_FAILS_ONCE(28, Times.ONCE, "the first node fails, trying again works"),
    /** The first node's container is killed for lack of memory while it upgrades. */
    FIRST_NODE_DIES_ONCE(29, Times.ONCE, "the first node is killed in mid-upgrade, trying again works"),
    /** No image of that version exists. */
    IMAGE_MISSING(30, Times.ALWAYS, "no image of that version exists (as with every patch number from 90 on)"),
    /** The registry breaks off. */
    PULL_FAILS_ONCE(31, Times.ONCE, "pulling the image fails, trying again works"),
    /** The image's tag names one version, the package inside another. */
    IMAGE_MISLABELLED(32, Times.ALWAYS, "the image holds another version than its tag says"),
    /** One precondition warns: a person accepts it, or not. */
    PRECONDITION_WARNS(33, Times.ALWAYS, "one precondition warns"),
    /** One precondition fails: nothing is touched. */
    PRECONDITION_FAILS(34, Times.ALWAYS, "one precondition fails"),
    /** A precondition fails when it is checked again right before the 503 page (after the pull), as often as a job is tried. */
    PRECONDITION_FAILS_LATE(
            35,
            Times.AS_OFTEN_AS_JOBS_ARE_TRIED,
            "a precondition fails right before the downtime, for longer than the engine tries by itself; later it passes"),
    /** The container engine refuses to make a node of the new version. */
    SWITCH_FAILS_ONCE(36, Times.ONCE, "switching the version fails, trying again works"),
    /** The balancer takes the route to the cluster, but clients get 502. */
    CLUSTER_ROUTE_UNPROVEN_ONCE(37, Times.ONCE, "clients get 502 though the route was set, trying again works"),
    /** A broken upgrade whose restore fails at first. */
    RESTORE_FAILS_ONCE(38, Times.ONCE, "as 17, and the restore fails; trying it again works", UPGRADE_BREAKS),
    /** A broken upgrade, and the previous version's first node fails at first. */
    PREVIOUS_VERSION_FAILS_ONCE(
            39, Times.ONCE, "as 17, and the previous version's first node fails; trying again works", UPGRADE_BREAKS),
    /** A broken upgrade, and the previous version's last node ends after each start. */
    PREVIOUS_LAST_NODE_ENDS(
            40, Times.ALWAYS, "as 17, and the last node will not start in the rollback", UPGRADE_BREAKS),
    /** A broken upgrade, and the balancer refuses the route at the end of the rollback at first. */
    PREVIOUS_ROUTE_REFUSED_ONCE(
            41,
            Times.ONCE,
            "as 17, and the balancer refuses the route at the end of the rollback; trying again works",
            UPGRADE_BREAKS),
    /** Removing surplus restore points fails. */
    TIDY_UP_FAILS_ONCE(42, Times.ONCE, "tidying up fails, trying again works"),
    /** The container engine does not answer when the nodes are to stop: a technical fault, tried again by itself. */
    ENGINE_SILENT_ONCE(43, Times.ONCE, "the container engine does not answer once: the engine tries again by itself"),
    /** The container engine does not answer as often as a job is tried: an incident. */
    ENGINE_SILENT(
            44,
            Times.AS_OFTEN_AS_JOBS_ARE_TRIED,
            "the container engine does not answer seven times: a technical incident"),
    /** The balancer's container does not run for as long as a job is tried. */
    BALANCER_AWAY(
            47,
            Times.AS_OFTEN_AS_JOBS_ARE_TRIED,
            "the balancer's container is away for longer than the engine tries by itself; then trying again works"),
    /** A plugin command fails. */
    PLUGIN_CHANGE_FAILS_ONCE(45, Times.ONCE, "a change of a plugin fails, trying again works"),
    /** The last node comes up without one of the plugins: a storage that it does not share. */
    LAST_NODE_LACKS_PLUGIN_ONCE(46, Times.ONCE, "the last node lacks a plugin, its restart helps"),
    /** The trial restore of a durable copy finds fewer rows than were dumped. */
    PROOF_FAILS_ONCE(60, Times.ONCE, "the trial restore of the durable copy fails, trying again works"),
    /** The way between two clusters' stores breaks off. */
    TRANSFER_FAILS_ONCE(61, Times.ONCE, "receiving a restore point of another cluster fails, trying again works"),
    /** A request is still open when the time for draining is over: it is cut. */
    REQUEST_STAYS_OPEN_ONCE(62, Times.ONCE, "a request is still open at the end of the time for draining, and is cut");

    /** How often a fault strikes in one operation. */
    enum Times {
        ONCE(1),
        /** Once more than application.yaml has intervals in failedJobRetryTimeCycle. */
        AS_OFTEN_AS_JOBS_ARE_TRIED(7),
        ALWAYS(Integer.MAX_VALUE);

        private final int limit;

        Times(int limit) {
            this.limit = limit;
        }
    }

    private static final int FIRST_MISSING_PATCH = 90;

    private final int patch;
    private final Times times;
    private final String lesson;
    private final RehearsalFault also;

    RehearsalFault(int patch, Times times, String lesson) {
        this(patch, times, lesson, null);
    }

    RehearsalFault(int patch, Times times, String lesson, RehearsalFault also) {
        this.patch = patch;
        this.times = times;
        this.lesson = lesson;
        this.also = also;
    }

    /** The patch number that orders it. */
    public int patch() {
        return patch;
    }

    /** What happens, in words for the staff who train. */
    public String lesson() {
        return lesson;
    }

    boolean strikesAgainAfter(int strikes) {
        return strikes < times.limit;
    }

    /** The faults that the target version orders; none for a good version. */
    public static Set<RehearsalFault> of(Version target) {
        if (target == null) {
            return Set.of();
        }
        if (target.patch() >= FIRST_MISSING_PATCH) {
            return EnumSet.of(IMAGE_MISSING);
        }
        Optional<RehearsalFault> listed = Arrays.stream(values())
                .filter(fault -> fault.patch == target.patch())
                .findFirst();
        return listed.map(RehearsalFault::withCompanion).orElse(Set.of());
    }

    private Set<RehearsalFault> withCompanion() {
        return also == null ? EnumSet.of(this) : EnumSet.of(this, also);
    }
}
