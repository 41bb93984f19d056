package nocobase.procedures.cluster;

/**
 * What a client got from the balancer.
 *
 * @param text for people, without secrets ("502 instead of an answer of NocoBase")
 */
public record Seen(Kind kind, String text) {

    /** What it means for the people who use NocoBase. */
    public enum Kind {
        /** NocoBase answers. */
        SERVED,
        /** The 503 page of a procedure. */
        MAINTENANCE_PAGE,
        /** An answer that is neither: NocoBase is busy, or something is wrong. */
        TROUBLE,
        /** No answer. */
        SILENT
    }
}
