package nocobase.procedures.backup;

import java.nio.charset.StandardCharsets;

/**
 * Names of the databases that we make beside NocoBase's own. PostgreSQL cuts longer names silently, and a cut name would
 * be another database's.
 */
final class DatabaseNames {

    /** NAMEDATALEN - 1. */
    static final int LIMIT = 63;

    private static final int LONGEST_SUFFIX = bytes("_failed_") + 8;

    private DatabaseNames() {}

    /** The copy made in the downtime by the operation. */
    static String clone(String database, String shortId) {
        return database + "_rp_" + shortId;
    }

    /** The database that a restore replaced, kept. */
    static String failed(String database, String shortId) {
        return database + "_failed_" + shortId;
    }

    /** The database that a restore of an earlier restore point replaced, kept. */
    static String before(String database, String tag) {
        return database + "_before_" + tag;
    }

    /** What a first installation came to, set aside for a new beginning. */
    static String aside(String database, String shortId) {
        return database + "_aside_" + shortId;
    }

    /** A dump is restored into this one for a trial, and dropped. */
    static String trial(String database, String tag) {
        return database + "_trial_" + tag;
    }

    /** A dump is restored into this one, which then takes the place. */
    static String fresh(String database, String shortId) {
        return database + "_new_" + shortId;
    }

    static boolean fits(String database) {
        return bytes(database) + LONGEST_SUFFIX <= LIMIT;
    }

    static int room() {
        return LIMIT - LONGEST_SUFFIX;
    }

    private static int bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }
}
