package nocobase.procedures.backup;

import java.sql.SQLException;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Texts;

/** What an error of the database server means: try again, or let a person decide. */
final class SqlFaults {

    /** PostgreSQL's reason comes last, after long names of files. */
    private static final int LONGEST = 400;

    private SqlFaults() {}

    /** @param doing what was being done, as in "cloning database nocobase" */
    static RuntimeException of(String doing, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String what = "PostgreSQL refused " + doing + ": " + Texts.shown(e.getMessage(), LONGEST);
        if (passing(state)) {
            return new IllegalStateException(
                    "The database server cannot be reached while " + doing + ": "
                            + Texts.shown(e.getMessage(), LONGEST),
                    e);
        }
        return new CannotProceedException(Failure.of(what, remedy(state)));
    }

    /** Connection lost, server starting or shutting down, too many connections: these heal by themselves. */
    static boolean passing(String state) {
        return state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
    }

    private static String remedy(String state) {
        return switch (state) {
            case "53100" ->
                "Make room on the database server's disk, or set restore-points.mode to dump-first, then retry.";
            case "42501" ->
                "Give the role the right that is missing, or configure database.admin-user with a role that has it, then"
                        + " retry.";
            case "28P01", "28000" -> "Correct the user and password in the cluster's database settings, then retry.";
            case "3D000" -> "Correct the database's name in the cluster's database settings, then retry.";
            case "55006" -> "End the sessions that use the database, then retry.";
            default -> "Look into the database server's log, remove the cause, then retry.";
        };
    }
}
