package nocobase.procedures;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** The engine's own tables, for tests without Spring, where nobody else makes them. */
public final class EngineTables {

    private EngineTables() {}

    /** @return the same database, which has the tables now */
    public static DataSource in(DataSource database) {
        Flyway.configure()
                .dataSource(database)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load()
                .migrate();
        return database;
    }
}
