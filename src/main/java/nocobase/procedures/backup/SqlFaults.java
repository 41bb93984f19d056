package nocobase.procedures.backup;

import java.sql.SQLException;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;
import org.postgresql.util.PSQLException;

/** What an error of the database server means: try again, or let a person decide. */
final class SqlFaults {

    private static final Messages MESSAGES = Messages.of("backup");

    /** PostgreSQL's reason comes last, after long names of files. */
    private static final int LONGEST = 400;

    private SqlFaults() {}

    /** @param doing what was being done, as in "cloning database nocobase" */
    static RuntimeException of(String doing, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (passing(state)) {
            return new IllegalStateException(
                    MESSAGES.text("sql.unreachable", doing, Texts.shown(e.getMessage(), LONGEST)), e);
        }
        return new CannotProceedException(failure(doing, e));
    }

    /** The same in words, whatever it is. */
    static Failure failure(String doing, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return Failure.of(
                MESSAGES.text("sql.refused", doing, Texts.shown(e.getMessage(), LONGEST)), hint(e) + remedy(state));
    }

    /** What PostgreSQL itself advises. */
    private static String hint(SQLException e) {
        return e instanceof PSQLException told
                        && told.getServerErrorMessage() != null
                        && told.getServerErrorMessage().getHint() != null
                ? Texts.shown(told.getServerErrorMessage().getHint(), LONGEST) + " "
                : "";
    }

    /** Connection lost, server starting or shutting down, too many connections: these heal by themselves. */
    static boolean passing(String state) {
        return state.startsWith("08") || state.startsWith("57P") || state.equals("53300");
    }

    private static String remedy(String state) {
        return switch (state) {
            case "53100" -> MESSAGES.text("sql.noRoom");
            case "42501" -> MESSAGES.text("sql.right");
            case "28P01", "28000" -> MESSAGES.text("sql.login");
            case "3D000" -> MESSAGES.text("sql.name");
            case "55006" -> MESSAGES.text("sql.inUse");
            default -> MESSAGES.text("sql.other");
        };
    }
}
