package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a database's clone equal to it in everything that {@code CREATE DATABASE … TEMPLATE} does not bring along. */
final class Cloning {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Cloning.class);

    /** Somebody may connect between our look and the server's. */
    private static final int ATTEMPTS = 3;

    private final DatabaseServer server;
    private final Vacancy vacancy;

    Cloning(DatabaseServer server, Vacancy vacancy) {
        this.server = server;
        this.vacancy = vacancy;
    }

    /** Ensures the clone; the connection holds the server's lock and is in no database of NocoBase's. */
    void ensure(Connection connection, CoveredDatabase database, Consumer<String> progress) throws SQLException {
        if (!DatabaseServer.exists(connection, database.cloneName())) {
            create(connection, database, progress);
        }
        DatabaseTraits wanted = database.traits().whileAside();
        DatabaseServer.executeTogether(
                connection,
                TraitsSql.apply(database.cloneName(), wanted, TraitsReader.read(connection, database.cloneName())));
        compare(connection, database, wanted);
    }

    private void create(Connection connection, CoveredDatabase database, Consumer<String> progress)
            throws SQLException {
        String sql = TraitsSql.createClone(
                database.cloneName(), database.name(), database.traits(), DatabaseServer.version(connection));
        for (int attempt = 1; ; attempt++) {
            vacancy.ensure(connection, List.of(database.name()), progress);
            progress.accept(MESSAGES.text("clone.progress", database.name(), Sizes.shown(database.size())));
            log.info(
                    "Cloning database {} ({}) as {}",
                    database.name(),
                    Sizes.shown(database.size()),
                    database.cloneName());
            try {
                DatabaseServer.execute(connection, sql);
                return;
            } catch (SQLException e) {
                if (attempt == ATTEMPTS || !"55006".equals(e.getSQLState())) {
                    throw SqlFaults.of(MESSAGES.text("doing.clone", database.name()), e);
                }
            }
        }
    }

    private void compare(Connection connection, CoveredDatabase database, DatabaseTraits wanted) throws SQLException {
        DatabaseTraits present = TraitsReader.read(connection, database.cloneName());
        if (!present.equals(wanted)) {
            throw different(database, MESSAGES.text("clone.traits"), wanted.toString(), present.toString());
        }
        String original = content(database.name());
        String copied = content(database.cloneName());
        if (!original.equals(copied)) {
            throw different(database, "content", original, copied);
        }
    }

    /** A cheap count of what is in a database: a clone is a copy of its files, so equal or broken. */
    private String content(String database) throws SQLException {
        return server.in(
                database,
                connection -> DatabaseServer.one(
                        connection,
                        "select (select count(*) from pg_class) || ' relations, '"
                                + " || (select count(*) from pg_attribute) || ' columns, '"
                                + " || (select count(*) from pg_largeobject_metadata) || ' large objects'",
                        row -> row.getString(1)));
    }

    private static CannotProceedException different(
            CoveredDatabase database, String what, String wanted, String present) {
        return new CannotProceedException(new Failure(
                MESSAGES.text("clone.different", database.cloneName(), database.name(), what),
                "",
                MESSAGES.text("clone.different.remedy", database.cloneName()),
                "database: " + wanted + "\nclone:    " + present));
    }

    /** The clones that exist, of those that are wanted. */
    static Optional<String> missing(Connection connection, List<String> databases) throws SQLException {
        for (String database : databases) {
            if (!DatabaseServer.exists(connection, database)) {
                return Optional.of(database);
            }
        }
        return Optional.empty();
    }
}
