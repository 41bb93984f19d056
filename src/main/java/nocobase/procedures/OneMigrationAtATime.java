package nocobase.procedures;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Makes and changes the engine's tables while no other engine on this database does. Flyway's own lock begins too late: of two
 * that start on an empty database one may find the other's history without a row, and gives up ("already exists, and is
 * empty").
 */
@Component
class OneMigrationAtATime implements FlywayMigrationStrategy {

    /** Until the transaction ends; the number is anything that nobody else uses in the engine's database. */
    private static final String LOCK = "select pg_advisory_xact_lock(7236401)";

    @Override
    public void migrate(Flyway flyway) {
        DataSource database = flyway.getConfiguration().getDataSource();
        new TransactionTemplate(new JdbcTransactionManager(database)).executeWithoutResult(transaction -> {
            new JdbcTemplate(database).queryForList(LOCK);
            flyway.migrate();
        });
    }
}
