package nocobase.procedures.cluster;

/**
 * What NocoBase's database holds.
 *
 * @param version the recorded version; null unless {@link Kind#INSTALLED}
 * @param text for people: "37 tables, none of them NocoBase's: customers, orders, …"
 */
public record Installation(Kind kind, Version version, String text) {

    /** The four states of a database before a first start. */
    public enum Kind {
        /** No table at all: the first node will install. */
        EMPTY,
        /** An installation that was completed: its version is recorded. */
        INSTALLED,
        /**
         * NocoBase's tables, but no version, or plugins that were enabled and never installed: a first start was killed, or
         * several nodes raced.
         */
        HALF_INSTALLED,
        /** Tables that are not NocoBase's. It would install between them. */
        FOREIGN
    }
}
