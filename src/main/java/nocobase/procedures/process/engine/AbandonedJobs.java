package nocobase.procedures.process.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import nocobase.procedures.concurrent.Rounds;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * Gives back the jobs of engines that died. A job that was running when its engine was killed stays locked for five minutes,
 * and the cluster would stand still behind the 503 page for so long. So each engine holds an advisory lock of PostgreSQL as
 * long as it lives (the server takes it back with the connection), and whoever can take another engine's lock knows that
 * engine to be gone. All steps may be repeated, so even a wrong guess does no harm.
 *
 * <p>Where the database itself was away, an engine could neither commit its jobs nor give them back: what it still holds
 * under the same lock some seconds after the database is back, it has lost hold of.
 */
@Component
@ConditionalOnProperty(name = "camunda.bpm.job-execution.enabled", matchIfMissing = true)
class AbandonedJobs extends Rounds {

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedJobs.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final String GIVE_BACK =
            "update act_ru_job set lock_owner_ = null, lock_exp_time_ = null, rev_ = rev_ + 1";
    /** First half of the advisory locks' keys; the second is a hash of the engine's name. */
    static final int KEY = 0x6e63_6270;

    private final DataSource dataSource;
    private final String ourselves;
    private Connection connection;
    /** The connection broke since we last looked. */
    private boolean cut;
    /** Job and end of its lock, of those that were ours when the connection was made again. */
    private Map<String, Timestamp> doubtful = Map.of();

    AbandonedJobs(DataSource dataSource, ProcessEngine engine) {
        super("abandoned jobs", PAUSE, true);
        this.dataSource = dataSource;
        this.ourselves = ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
                .getJobExecutor()
                .getLockOwner();
    }

    /** The first look is over before this engine takes its first job. */
    @Override
    public void start() {
        look();
        super.start();
    }

    @Override
    public void stop() {
        if (isRunning()) {
            super.stop();
            letGo();
        }
    }

    @Override
    protected void goRound() {
        look();
    }

    /** Once. */
    synchronized void look() {
        try {
            giveBackDoubtful();
            showThatWeLive();
            for (String other : otherOwners()) {
                if (lock(other)) {
                    release(other);
                }
            }
        } catch (SQLException e) {
            LOG.warn(
                    "Looking for jobs of engines that died failed, trying again in {} s: {}",
                    PAUSE.toSeconds(),
                    e.toString());
            cut = true;
            letGo();
        }
    }

    private void showThatWeLive() throws SQLException {
        if (connection != null && connection.isValid(2)) {
            return;
        }
        cut |= connection != null;
        letGo();
        connection = dataSource.getConnection();
        connection.setAutoCommit(true);
        if (!lock(ourselves)) {
            LOG.debug("The lock of {} is still held by its previous connection", ourselves);
        }
        if (cut) {
            doubtful = ours();
            cut = false;
        }
    }

    private Map<String, Timestamp> ours() throws SQLException {
        Map<String, Timestamp> jobs = new HashMap<>();
        try (PreparedStatement query =
                connection.prepareStatement("select id_, lock_exp_time_ from act_ru_job where lock_owner_ = ?")) {
            query.setString(1, ourselves);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    jobs.put(rows.getString(1), rows.getTimestamp(2));
                }
            }
        }
        return jobs;
    }

    private void giveBackDoubtful() throws SQLException {
        if (doubtful.isEmpty() || connection == null) {
            return;
        }
        try (PreparedStatement update =
                connection.prepareStatement(GIVE_BACK + " where lock_owner_ = ? and id_ = ? and lock_exp_time_ = ?")) {
            for (Map.Entry<String, Timestamp> job : doubtful.entrySet()) {
                update.setString(1, ourselves);
                update.setString(2, job.getKey());
                update.setTimestamp(3, job.getValue());
                if (update.executeUpdate() > 0) {
                    LOG.info("Taking job {} up again: the database was away while it ran", job.getKey());
                }
            }
        }
        doubtful = Map.of();
    }

    private List<String> otherOwners() throws SQLException {
        List<String> owners = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "select distinct lock_owner_ from act_ru_job where lock_owner_ is not null and lock_owner_ <> ?")) {
            query.setString(1, ourselves);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    owners.add(rows.getString(1));
                }
            }
        }
        return owners;
    }

    private boolean lock(String owner) throws SQLException {
        return ask("select pg_try_advisory_lock(?, hashtext(?))", owner);
    }

    private void release(String dead) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(GIVE_BACK + " where lock_owner_ = ?")) {
            update.setString(1, dead);
            LOG.info("Taking over {} jobs of an engine that died ({})", update.executeUpdate(), dead);
        } finally {
            ask("select pg_advisory_unlock(?, hashtext(?))", dead);
        }
    }

    private boolean ask(String question, String owner) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(question)) {
            query.setInt(1, KEY);
            query.setString(2, owner);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /** The pool keeps the connection open, and with it the lock: it is given back first. */
    private synchronized void letGo() {
        if (connection == null) {
            return;
        }
        try (Connection held = connection) {
            held.createStatement().execute("select pg_advisory_unlock_all()");
        } catch (SQLException e) {
            LOG.debug("The connection is gone already: {}", e.toString());
        }
        connection = null;
    }
}
