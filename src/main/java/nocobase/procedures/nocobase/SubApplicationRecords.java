package nocobase.procedures.nocobase;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.SubApplication;

/** What the sub-applications wrote about themselves, each in a database or a schema of its own. */
final class SubApplicationRecords {

    private static final String NO_SUCH_DATABASE = "3D000";

    private final DatabaseSettings settings;
    private final DatabaseRecord main;

    SubApplicationRecords(DatabaseSettings settings, DatabaseRecord main) {
        this.settings = settings;
        this.main = main;
    }

    /** All that the main application lists. */
    List<SubApplication> all() throws SQLException {
        return main.subApplications();
    }

    /** The version that its data records, or empty: it was never started, or its data is out of our reach or gone. */
    Optional<String> version(SubApplication application) throws SQLException {
        if (application.elsewhere(settings)) {
            return Optional.empty();
        }
        if (application.inSchema(settings)) {
            return inSchema(application);
        }
        try {
            return in(
                    application.database(), application.schema().isEmpty() ? settings.schema() : application.schema());
        } catch (SQLException e) {
            if (NO_SUCH_DATABASE.equals(e.getSQLState())) {
                return inSchema(application); // USE_DB_SCHEMA_IN_SUBAPP: the nodes know, the row does not
            }
            throw e;
        }
    }

    private Optional<String> inSchema(SubApplication application) throws SQLException {
        return in(settings.name(), application.schemaOrName());
    }

    private Optional<String> in(String database, String schema) throws SQLException {
        return new DatabaseRecord(settings.ofSubApplication(database, schema)).version();
    }
}
