package nocobase.procedures.audit;

import java.util.Map;

/**
 * What a cluster consists of at one moment, in words.
 *
 * @param nodes version and state by node
 * @param plugins version and state by plugin, as the application's database records them
 * @param subApplications version by sub-application that has been started once, as its own data records it
 * @param restorePoint the procedure's restore point: id, size, moment, state; null if there is none
 * @param trouble what could not be found out; empty if nothing
 */
public record Inventory(
        Map<String, String> nodes,
        Map<String, String> plugins,
        Map<String, String> subApplications,
        String restorePoint,
        String trouble) {

    /** What was written before sub-applications were listed has none. */
    public Inventory {
        subApplications = subApplications == null ? Map.of() : subApplications;
    }

    /** When it was taken. */
    public enum When {
        /** With the preconditions, before anything was touched. */
        BEFORE,
        /** When the procedure had ended. */
        AFTER
    }
}
