package nocobase.procedures.process.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import javax.sql.DataSource;
import nocobase.procedures.process.ProcessTest;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Jobs that nobody executes any more though they are locked. */
@ProcessTest
class AbandonedJobsTest {

    private static final Timestamp LATER = Timestamp.from(Instant.now().plus(Duration.ofMinutes(5)));

    @Autowired
    private DataSource dataSource;

    @Autowired
    private ProcessEngine engine;

    private JdbcTemplate database;
    private String ourselves;
    private AbandonedJobs jobs;

    @BeforeEach
    void look() {
        database = new JdbcTemplate(dataSource);
        ourselves = ((ProcessEngineConfigurationImpl) engine.getProcessEngineConfiguration())
                .getJobExecutor()
                .getLockOwner();
        jobs = new AbandonedJobs(dataSource, engine);
        jobs.look();
    }

    @AfterEach
    void remove() {
        database.update("delete from act_ru_job where id_ in ('ours', 'dead')");
        cutOff();
    }

    @Test
    void takesOverWhatADeadEngineHeld() {
        locked("dead", "an engine that died");
        locked("ours", ourselves);
        jobs.look();
        jobs.look();
        assertThat(owner("dead")).isNull();
        assertThat(owner("ours")).as("we live, and execute it").isEqualTo(ourselves);
    }

    @Test
    void takesUpAgainWhatWasCutOffWithTheDatabase() {
        locked("ours", ourselves);
        cutOff();
        jobs.look();
        assertThat(owner("ours")).as("it may be committed right now").isEqualTo(ourselves);
        jobs.look();
        assertThat(owner("ours")).isNull();
    }

    @Test
    void leavesWhatWasLockedAnew() {
        locked("ours", ourselves);
        cutOff();
        jobs.look();
        database.update(
                "update act_ru_job set lock_exp_time_ = ? where id_ = 'ours'", new Timestamp(LATER.getTime() + 1));
        jobs.look();
        jobs.look();
        assertThat(owner("ours")).isEqualTo(ourselves);
    }

    private void locked(String job, String owner) {
        database.update(
                "insert into act_ru_job (id_, rev_, type_, retries_, lock_owner_, lock_exp_time_)"
                        + " values (?, 1, 'message', 3, ?, ?)",
                job,
                owner,
                LATER);
    }

    private String owner(String job) {
        return database.queryForObject("select lock_owner_ from act_ru_job where id_ = ?", String.class, job);
    }

    /** Whoever shows by an advisory lock that it lives. */
    private void cutOff() {
        database.query(
                "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = "
                        + AbandonedJobs.KEY + "::oid",
                row -> {});
    }
}
