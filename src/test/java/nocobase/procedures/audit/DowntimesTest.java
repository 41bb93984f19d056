package nocobase.procedures.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import nocobase.procedures.EngineTables;
import nocobase.procedures.MovableClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The keeper of downtimes, over crashes and with several engines. */
class DowntimesTest {

    private static EmbeddedPostgres postgres;
    private static DataSource database;

    private final MovableClock clock = new MovableClock(Instant.parse("2027-01-10T02:00:00Z"));
    private final JdbcTransactionManager transactions = new JdbcTransactionManager(database);
    private final JdbcTemplate jdbc = new JdbcTemplate(database);
    private final Downtimes downtimes = engine();

    @BeforeAll
    static void startDatabase() throws IOException {
        postgres = EmbeddedPostgres.start();
        database = EngineTables.in(postgres.getPostgresDatabase());
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        postgres.close();
    }

    @BeforeEach
    void nothingYet() {
        jdbc.update("delete from downtime");
    }

    /** The page was up when the engine died, and the transaction of the step was lost. */
    @Test
    void aCrashBetweenThePageAndTheCommitLosesNoTime() {
        new TransactionTemplate(transactions).executeWithoutResult(step -> {
            begin("a-1");
            step.setRollbackOnly();
        });
        Instant lost = clock.instant();
        clock.advance(Duration.ofMinutes(5));

        assertThat(engine().begin("a", "a-1", "version-upgrade", false))
                .satisfies(again -> assertThat(again.since()).isEqualTo(lost))
                .satisfies(again -> assertThat(again.servedBefore()).isTrue());
    }

    /** The message was sent and the engine died before the commit: the step waits on, and so does the downtime. */
    @Test
    void aCrashBetweenTheProofAndTheCommitEndsNothing() {
        begin("a-1");
        new TransactionTemplate(transactions).executeWithoutResult(step -> {
            downtimes.end("a", "a-1");
            step.setRollbackOnly();
        });
        assertThat(engine().lasting("a")).isPresent();
    }

    @Test
    void twoEnginesKeepOne() throws Exception {
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            Downtimes other = engine();
            List<Callable<Downtime>> begins = List.of(
                    () -> downtimes.begin("a", "a-1", "version-upgrade", true),
                    () -> other.begin("a", "a-1", "version-upgrade", true));
            List<Future<Downtime>> begun = both.invokeAll(begins);
            assertThat(begun.get(0).get().id()).isEqualTo(begun.get(1).get().id());
            assertThat(downtimes.lasting()).hasSize(1);
            List<Callable<Boolean>> ends = List.of(() -> downtimes.end("a", "a-1"), () -> other.end("a", "a-1"));
            assertThat(both.invokeAll(ends).stream().filter(DowntimesTest::did)).hasSize(1);
        } finally {
            both.shutdownNow();
        }
    }

    @Test
    void severalProceduresInARowShareOne() {
        Instant since = begin("a-1").since();
        leave("a-1");
        clock.advance(Duration.ofHours(1));
        begin("a-2");
        assertThat(downtimes.lasting("a").orElseThrow().left())
                .as("a-2 works on it")
                .isNull();
        leave("a-2");
        clock.advance(Duration.ofHours(1));
        begin("a-3");
        clock.advance(Duration.ofMinutes(3));
        downtimes.end("a", "a-3");

        assertThat(downtimes.of("a-1"))
                .singleElement()
                .satisfies(one -> assertThat(one.lasts()).isTrue());
        assertThat(downtimes.of("a-2"))
                .singleElement()
                .satisfies(one -> assertThat(one.lasts()).isTrue());
        assertThat(downtimes.of("a-3")).singleElement().satisfies(one -> {
            assertThat(one.since()).isEqualTo(since);
            assertThat(one.length()).isEqualTo(Duration.ofMinutes(123));
        });
        assertThat(downtimes.formerRuns("a", "version-upgrade", 5))
                .extracting(Downtimes.FormerRun::length)
                .containsExactly(Duration.ofMinutes(3));
    }

    @Test
    void oneOperationMayHaveTwo() {
        begin("a-1");
        clock.advance(Duration.ofMinutes(1));
        downtimes.end("a", "a-1");
        clock.advance(Duration.ofMinutes(10));
        begin("a-1");
        clock.advance(Duration.ofMinutes(2));
        downtimes.end("a", "a-1");
        assertThat(downtimes.of("a-1"))
                .extracting(Downtime::length)
                .containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(downtimes.latest().get("a").length()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void whereNothingWasLostNothingIsKept() {
        downtimes.revoke(begin("a-1"));
        assertThat(downtimes.of("a-1")).isEmpty();
        assertThat(downtimes.end("a", "a-1")).isFalse();
        assertThat(downtimes.leave("a", left("a-1"))).isEmpty();
    }

    private Downtimes engine() {
        return new Downtimes(jdbc, clock, transactions);
    }

    private Downtime begin(String operation) {
        return downtimes.begin("a", operation, "version-upgrade", true);
    }

    private void leave(String operation) {
        downtimes.leave("a", left(operation));
    }

    private Downtime.Left left(String operation) {
        return new Downtime.Left(operation, "Version upgrade", clock.instant(), "otto", "Left", "as agreed");
    }

    private static boolean did(Future<Boolean> deed) {
        try {
            return deed.get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
