package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.process.claim.FormerDowntimes;
import nocobase.procedures.process.task.FormerQuestions;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.variable.Variables;
import org.camunda.bpm.engine.variable.type.ValueType;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;

/** This version is installed in the middle of something: the engine's database is as the former version left it. */
@ProcessTest
class FormerVersionTest extends ProcedureScenario {

    @Autowired
    private FormerDowntimes formerDowntimes;

    @Autowired
    private FormerQuestions formerQuestions;

    @Autowired
    private TaskService tasks;

    @Autowired
    @Qualifier("escalateToManagersDelegate")
    private JavaDelegate escalation;

    @Autowired
    private TimeLimits timeLimits;

    private static final Instant SINCE = Instant.parse("2026-01-10T02:00:00.125Z");

    @Test
    void aDowntimeThatLastsIsTakenOver() {
        upgradeInVerification();
        asFormerVersionCounted(instance);

        formerDowntimes.run(null);

        Downtime lasting = downtimes.lasting("alpha").orElseThrow();
        assertThat(lasting.since()).isEqualTo(SINCE);
        assertThat(lasting.servedBefore()).isTrue();
        assertThat(lasting.work().operation()).isEqualTo(operation());
        assertThat(lasting.left()).isNull();
        String operation = operation();
        verify("works");
        assertThat(downtimes.lasting("alpha")).isEmpty();
        assertThat(evidence.read(operation).orElseThrow().downtimes())
                .singleElement()
                .satisfies(downtime -> assertThat(downtime.since()).isEqualTo(SINCE));
    }

    /** Also where another engine, or this one at its last start, has done it. */
    @Test
    void itIsTakenOverOnceAndNeverAnewWhenItIsOver() {
        upgradeInVerification();
        asFormerVersionCounted(instance);
        formerDowntimes.run(null);
        downtimes.end("alpha", operation());
        formerDowntimes.run(null);
        assertThat(downtimes.lasting("alpha")).isEmpty();
    }

    @Test
    void whoIsServedAgainIsNotDown() {
        upgradeInVerification();
        asFormerVersionCounted(instance);
        String served = runtime.createProcessInstanceQuery()
                .processInstanceBusinessKey(operation())
                .list()
                .get(0)
                .getId();
        jdbc.update(
                "insert into act_hi_actinst (id_, proc_def_id_, execution_id_, proc_inst_id_, act_id_, act_type_, start_time_,"
                        + " end_time_) select 'former-served', proc_def_id_, id_, id_, 'endEvent_clusterServed', 'noneEndEvent',"
                        + " ?, ? from act_hi_procinst where id_ = ?",
                java.sql.Timestamp.from(SINCE.plus(Duration.ofMinutes(9))),
                java.sql.Timestamp.from(SINCE.plus(Duration.ofMinutes(9))),
                served);
        try {
            formerDowntimes.run(null);
            assertThat(downtimes.lasting("alpha")).isEmpty();
        } finally {
            jdbc.update("delete from act_hi_actinst where id_ = 'former-served'");
        }
    }

    /** The former version asked operations to look after it, and knew since when. */
    @Test
    void aClusterThatWasLeftIsTakenOverAsSuch() {
        upgradeInVerification();
        String operation = operation();
        runtime.deleteProcessInstance(instance, "cleaned up by hand", true);
        ProcessInstance left = runtime.createProcessInstanceQuery()
                .processDefinitionKey("abandoned-cluster")
                .singleResult();
        asFormerVersionCounted(left.getId());

        formerDowntimes.run(null);

        Downtime lasting = downtimes.lasting("alpha").orElseThrow();
        assertThat(lasting.since()).isEqualTo(SINCE);
        assertThat(lasting.left().operation()).isEqualTo(operation);
        assertThat(lasting.left().procedure()).isEqualTo("Version upgrade");
        assertThat(lasting.left().why()).contains("cleaned up by hand");
    }

    @Test
    void openQuestionsGetTheTypeThatTheirAnswersWillHave() {
        upgrade();
        String task = driver.task("reviewPlan").getId();
        String execution = driver.task("reviewPlan").getExecutionId();
        for (String question : List.of("planAccepted", "acceptedWarnings", "planComment")) {
            runtime.setVariable(execution, question, Variables.untypedNullValue());
        }
        assertThat(tasks.getVariableTyped(task, "acceptedWarnings").getType()).isEqualTo(ValueType.NULL);

        formerQuestions.run(null);

        assertThat(tasks.getVariableTyped(task, "acceptedWarnings").getType().getName())
                .isEqualTo("json");
        assertThat(tasks.getVariableTyped(task, "planAccepted").getType()).isEqualTo(ValueType.BOOLEAN);
        assertThat(tasks.getVariableTyped(task, "planComment").getType()).isEqualTo(ValueType.STRING);
        accept();
        driver.task("verifyFunctionality");
    }

    @Test
    void whatIsNoQuestionKeepsItsType() {
        upgrade();
        String execution = driver.task("reviewPlan").getExecutionId();
        runtime.setVariable(execution, "somethingElse", Variables.untypedNullValue());
        runtime.setVariable(execution, "planComment", "half typed");

        formerQuestions.run(null);

        assertThat(runtime.getVariableTyped(execution, "somethingElse").getType())
                .isEqualTo(ValueType.NULL);
        assertThat(runtime.getVariable(execution, "planComment")).isEqualTo("half typed");
    }

    /** Their timers still go off, and then ask for these by name; whom a task is put before is decided elsewhere. */
    @Test
    void modelsThatEscalatedByTimersOfTheirOwnGoOn() throws Exception {
        upgradeInVerification();

        escalation.execute(null);

        assertThat(timeLimits.answer("alpha")).isEqualTo("PT15M");
        assertThat(tasks.getIdentityLinksForTask(
                        driver.task("verifyFunctionality").getId()))
                .noneSatisfy(link -> assertThat(link.getGroupId()).isEqualTo("managers"));
    }

    private void upgrade() {
        instance = driver.start(
                "olga", "version-upgrade", Map.of("cluster", "alpha", "targetVersion", "2.2.16", "reason", "needed"));
        driver.run();
    }

    private void upgradeInVerification() {
        upgrade();
        accept();
        driver.task("verifyFunctionality");
    }

    /** In a variable, and in no table. */
    private void asFormerVersionCounted(String processInstance) {
        jdbc.update("delete from downtime");
        runtime.setVariable(processInstance, "downSince", SINCE.toString());
    }
}
