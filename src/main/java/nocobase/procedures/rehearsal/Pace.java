package nocobase.procedures.rehearsal;

import java.time.Duration;
import java.time.Instant;

/**
 * How long things take. The durations are those measured on a real cluster (three nodes, 1.3 GB database, 2 cores; project
 * notes "NocoBase facts"), divided by the time scale.
 *
 * @param scale how many times faster than reality
 */
record Pace(double scale) {

    static final Duration STOP = Duration.ofSeconds(2);
    static final Duration STOP_REFUSED = Duration.ofSeconds(10);
    static final Duration PULL = Duration.ofSeconds(15);
    static final Duration PULL_REFUSED = Duration.ofSeconds(2);
    /** Nothing answers in this time: connection refused. */
    static final Duration BOOT = Duration.ofSeconds(10);
    /** After the boot: 24 s until an upgraded or installed node is ready. */
    static final Duration UPGRADE = Duration.ofSeconds(14);

    static final Duration UPGRADE_UNTIL_FAULT = Duration.ofSeconds(8);
    /** After the boot: 21 s until a node is ready that found its own version in the database. */
    static final Duration RESTART = Duration.ofSeconds(11);
    /** After the boot: 16 s where the upgrade of the same version is skipped because another node is ready. */
    static final Duration JOIN = Duration.ofSeconds(6);

    /** NocoBase's command, and the application loaded anew. */
    static final Duration PLUGIN_CHANGE = Duration.ofSeconds(10);

    static final Duration CLONE = Duration.ofSeconds(2);
    static final Duration DUMP = Duration.ofSeconds(12);
    static final Duration SWAP = Duration.ofSeconds(1);
    static final Duration RESTORE_FROM_DUMP = Duration.ofSeconds(42);
    static final Duration DUMP_ONLINE = Duration.ofSeconds(15);
    /** As long as the restore from the dump, and counting. */
    static final Duration TRIAL = Duration.ofSeconds(45);

    static final Duration TRANSFER = Duration.ofSeconds(10);
    /** Until the longest of the usual requests has ended. */
    static final Duration OPEN_REQUESTS = Duration.ofSeconds(2);
    /** Until a request ends that somebody forgot. */
    static final Duration OPEN_FOR_LONG = Duration.ofHours(1);

    static final Duration RELOAD = Duration.ofMillis(500);

    Instant after(Instant start, Duration nominal) {
        return start.plusNanos(Math.round(nominal.toNanos() / scale));
    }
}
