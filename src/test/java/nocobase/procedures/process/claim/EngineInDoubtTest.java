package nocobase.procedures.process.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterFence.Mark;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.process.ProcedureScenario;
import nocobase.procedures.process.ProcessTest;
import nocobase.procedures.process.status.Interventions;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Who else may be at work on a cluster, and what this engine does then: nothing, until a person has answered. */
@ProcessTest
class EngineInDoubtTest extends ProcedureScenario {

    private static final String QUESTION = "decideWhetherEngineGoesOn";

    @Autowired
    private Fences fences;

    @Autowired
    private FenceRecords records;

    @Autowired
    private EngineInDoubt question;

    @Autowired
    private TaskService tasks;

    @Autowired
    private ManagementService management;

    @Autowired
    private Interventions interventions;

    private Cluster alpha;

    @BeforeEach
    void noFence() {
        jdbc.update("delete from cluster_fence");
        alpha = clusters.find("alpha");
    }

    @Test
    void aProcedureHoldsTheFenceAndGivesItBack() {
        start();
        tasksOnlyAccept();
        driver.runUntilWaitingFor("maintenance-page-served");
        assertThat(mark().held()).isTrue();
        assertThat(mark().operation()).isEqualTo(operation());
        long number = mark().number();
        fences.look(operation());
        assertThat(mark().number()).isEqualTo(number + 1);

        driver.run();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_versionUpgraded");
        fences.release();
        assertThat(mark().held()).isFalse();
    }

    /** As an engine that was killed and is started again shortly after. */
    @Test
    void itsOwnMarkAsksNobody() {
        start();
        tasksOnlyAccept();
        driver.runUntilWaitingFor("maintenance-page-served");
        clock.advance(Duration.ofMinutes(10));
        driver.run();
        driver.task("verifyFunctionality");
    }

    @Test
    void whereAnotherEngineIsAtWorkNothingBegins() {
        rehearsals.fence(alpha, others(true, 20));
        assertThatThrownBy(this::start)
                .isInstanceOf(ProcessEngineException.class)
                .hasMessageContaining("host-2")
                .hasMessageContaining("alpha-zzzzzzzz")
                .hasMessageContaining("Nothing was started");
        assertThat(claims.all()).isEmpty();
        rehearsals.fence(alpha, others(false, 20));
        start();
        driver.task("reviewPlan");
    }

    @Test
    void anotherEngineThatFellSilentIsAskedAbout() {
        rehearsals.fence(alpha, others(true, 600));
        instance = driver.start("olga", "version-upgrade", upgrade());
        driver.run();
        assertThat(driver.variable(QUESTION, "doubt").toString()).contains("did not give it back", "host-2");
        answer("goOn");
        driver.task("reviewPlan");
        assertThat(mark().engine()).isEqualTo(records.engine());
    }

    /** The clone of an engine's database, or a copy of last week. */
    @Test
    void anOlderDatabaseAsksBeforeItTouchesAnything() {
        start();
        tasksOnlyAccept();
        driver.runUntilWaitingFor("all-nodes-stopped");
        driver.run();
        String task = driver.task("verifyFunctionality").getId();
        rehearsals.fence(alpha, own(mark().number() + 40));
        var before = rehearsals.observe(alpha);
        clock.advance(Duration.ofMinutes(1));
        assertThat(fences.look(operation())).isFalse();

        assertThat(tasks.createTaskQuery()
                        .taskDefinitionKey("userTask_" + QUESTION)
                        .count())
                .isOne();
        assertThatThrownBy(() -> verifyNow(task)).hasMessageContaining("rests");
        assertThatThrownBy(() -> interventions.breakClaim("alpha", operation(), "maria", "Now"))
                .hasMessageContaining("Choose whether this engine continues");
        assertThat(rehearsals.observe(alpha).events()).isEqualTo(before.events());

        Task asked = tasks.createTaskQuery()
                .taskDefinitionKey("userTask_" + QUESTION)
                .singleResult();
        assertThat(tasks.getVariable(asked.getId(), "doubt").toString()).contains("restored from an older backup");
        as("otto", () -> {
            tasks.claim(asked.getId(), "otto");
            tasks.complete(asked.getId(), Map.of("engineChoice", "goOn", "engineComment", "No copy runs"));
        });
        driver.run();
        assertThat(decisions.of(operation()))
                .extracting(decision -> decision.fields())
                .anyMatch(fields -> fields.contains("No copy runs"));
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_versionUpgraded");
        assertServes("2.2.16");
    }

    @Test
    void aStepThatIsDueRestsWithoutAnIncident() {
        start();
        tasksOnlyAccept();
        driver.runUntilWaitingFor("maintenance-page-served");
        rehearsals.fence(alpha, own(mark().number() + 40));
        clock.advance(Duration.ofMinutes(1));
        var before = rehearsals.observe(alpha);
        watcher.lookNow();
        driver.run();
        driver.lookOut();

        assertThat(driver.task(QUESTION).getName()).startsWith("Choose whether this engine continues: alpha");
        assertThat(runtime.createIncidentQuery().count()).isZero();
        assertThat(management.createJobQuery().active().messages().count()).isZero();
        assertThat(rehearsals.observe(alpha).events()).isEqualTo(before.events());
        answer("goOn");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_versionUpgraded");
    }

    /** A job that was due keeps its tries. */
    @Test
    void aJobThatCameTooEarlyDidNotFail() {
        instance = driver.start("olga", "version-upgrade", upgrade());
        rehearsals.fence(alpha, own(50));
        driver.run();
        driver.task(QUESTION);
        assertThat(management.createJobQuery().suspended().list())
                .allSatisfy(job -> assertThat(job.getRetries()).isPositive())
                .allSatisfy(job -> assertThat(job.getExceptionMessage()).isNull());
        answer("goOn");
        driver.task("reviewPlan");
    }

    @Test
    void whoWasAwayForLongAsks() {
        start();
        tasksOnlyAccept();
        driver.runUntilWaitingFor("maintenance-page-served");
        Mark ours = mark();
        rehearsals.fence(
                alpha,
                new Mark(
                        ours.number(),
                        ours.token(),
                        ours.engine(),
                        ours.host(),
                        ours.operation(),
                        true,
                        ours.at().minus(Duration.ofDays(40_000))));
        clock.advance(Duration.ofMinutes(1));
        watcher.lookNow();
        driver.run();
        assertThat(driver.variable(QUESTION, "doubt").toString()).contains("was away");
        answer("goOn");
        driver.task("verifyFunctionality");
    }

    @Test
    void whatIsLeftToTheOtherEngineEndsUntouched() {
        start();
        tasksOnlyAccept();
        driver.runUntilWaitingFor("maintenance-page-served");
        rehearsals.fence(alpha, others(true, 0));
        var nodes = clusters.find("alpha").runtime().observe().nodes().stream()
                .map(Node::state)
                .toList();
        clock.advance(Duration.ofMinutes(1));
        watcher.lookNow();
        driver.run();
        answer("end");
        driver.task("lookAfterCluster");
        assertThat(claims.all()).isEmpty();
        assertThat(alpha.runtime().observe().nodes()).extracting(Node::state).isEqualTo(nodes);
        fences.release();
        assertThat(mark().engine()).as("it is not ours to give back").isEqualTo("another");
    }

    @Test
    void theQuestionGoesAwayWithWhatItIsAbout() {
        instance = driver.start("olga", "version-upgrade", upgrade());
        rehearsals.fence(alpha, own(50));
        driver.run();
        driver.task(QUESTION);
        runtime.deleteProcessInstance(instance, "deleted in Cockpit", true, true);
        question.closeSettled();
        driver.task("lookAfterCluster");
    }

    private void start() {
        instance = driver.start("olga", "version-upgrade", upgrade());
        driver.run();
    }

    private static Map<String, Object> upgrade() {
        return Map.of("cluster", "alpha", "targetVersion", "2.2.16", "reason", "Fixes");
    }

    private void answer(String choice) {
        driver.complete("otto", QUESTION, Map.of("engineChoice", choice, "engineComment", "Looked at it"));
    }

    private void verifyNow(String task) {
        as("otto", () -> tasks.claim(task, "otto"));
    }

    private void as(String person, Runnable deed) {
        engine.getIdentityService().setAuthentication(person, List.of("ops"));
        try {
            deed.run();
        } finally {
            engine.getIdentityService().clearAuthentication();
        }
    }

    private Mark mark() {
        return alpha.fence().read().orElseThrow();
    }

    private Mark own(long number) {
        return new Mark(number, "of a later day", records.engine(), "host-1", "alpha-yyyyyyyy", true, clock.instant());
    }

    private Mark others(boolean held, long secondsAgo) {
        return new Mark(
                500,
                "theirs",
                "another",
                "host-2",
                "alpha-zzzzzzzz",
                held,
                clock.instant().minusSeconds(secondsAgo));
    }
}
