package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import nocobase.procedures.cluster.Containers.ExecResult;

/** How much is free on the disk of the database server, where its container can be asked. */
final class DiskRoom {

    /** What is left free in any case, bytes. */
    static final long RESERVE = 64L << 20;

    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final Site site;

    DiskRoom(Site site) {
        this.site = site;
    }

    /** Whether a copy of that size fits, with something to spare. */
    static boolean enough(long free, long size) {
        return free >= size + size / 10 + RESERVE;
    }

    /** Bytes; empty where they cannot be measured from here. */
    OptionalLong ofDatabases(Connection connection) throws SQLException {
        String container = site.server().settings().container();
        if (container == null || container.isBlank()) {
            return OptionalLong.empty();
        }
        ExecResult result = site.containers().exec(container, List.of("df", "-P", "-k", directory(connection)), ANSWER);
        if (!result.succeeded()) {
            return OptionalLong.empty();
        }
        String[] columns = new JobOutput(result.output()).lastLine().strip().split("\\s+");
        return columns.length > 3 && columns[3].matches("\\d+")
                ? OptionalLong.of(Long.parseLong(columns[3]) << 10)
                : OptionalLong.empty();
    }

    /**
     * Where the main database has its files: copies of it go there too. The data directory is shown to privileged roles
     * only; elsewhere it is where PostgreSQL's images have it.
     */
    private String directory(Connection connection) throws SQLException {
        Optional<String> tablespace = DatabaseServer.first(
                connection,
                "select nullif(pg_tablespace_location(dattablespace), '') from pg_database where datname = ?",
                row -> row.getString(1),
                site.server().settings().name());
        if (tablespace.isPresent()) {
            return tablespace.get();
        }
        boolean told = DatabaseServer.one(
                connection, "select pg_has_role('pg_read_all_settings', 'usage')", row -> row.getBoolean(1));
        return told
                ? DatabaseServer.one(connection, "show data_directory", row -> row.getString(1))
                : "/var/lib/postgresql/data";
    }
}
