package nocobase.procedures.process.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.Decision;
import nocobase.procedures.process.Moments;
import nocobase.procedures.process.ProcedureScenario;
import nocobase.procedures.process.ProcessTest;
import nocobase.procedures.process.status.Interventions.Offer;
import nocobase.procedures.process.task.Reminders;
import nocobase.procedures.security.SecuritySettings;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.task.IdentityLink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;

/** What the starter and a manager do to a running procedure from outside of its tasks, and what the status view shows. */
@ProcessTest
public class InterventionsTest extends ProcedureScenario {

    @Autowired
    private Interventions interventions;

    @Autowired
    private RunningProcedures procedures;

    @Autowired
    private Reminders reminders;

    @Autowired
    private Announcements news;

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private ManagersTime managersTime;

    @Autowired
    private TaskService tasks;

    @Autowired
    private ManagementService management;

    /** The engine dates its tasks itself. */
    @BeforeEach
    void theEnginesClockIsOurs() {
        ClockUtil.setCurrentTime(Date.from(clock.instant()));
    }

    @AfterEach
    void orNot() {
        ClockUtil.reset();
    }

    // --- cancel and start now

    @Test
    void theStarterCancelsWhileItWaitsForItsWindow() {
        start("alpha", "2099-02-01T22:00:00Z");
        accept();

        assertThat(interventions.cancel("alpha", operation(), "olga", "Another date"))
                .contains("Nothing was touched");
        String operation = operation();
        driver.run();

        assertThat(driver.endOf(instance)).isEqualTo("endEvent_upgradeRefused");
        Decision decision = decisions.last(operation).orElseThrow();
        assertThat(decision.person()).isEqualTo("olga");
        assertThat(decision.fields()).contains("Cancelled by olga, who started it: Another date");
        assertServes("2.2.15");
    }

    @Test
    void theStarterWithdrawsWhatWaitsForApproval() {
        start("guarded", null);
        accept();
        driver.task("approveProcedure");

        interventions.cancel("guarded", operation(), "olga", "Not this week");
        driver.run();

        assertThat(driver.endOf(instance)).isEqualTo("endEvent_upgradeRefused");
    }

    @Test
    void theStarterBeginsBeforeTheWindow() {
        start("alpha", "2099-02-01T22:00:00Z");
        accept();

        interventions.startNow("alpha", operation(), "olga", "");
        driver.run();

        driver.task("verifyFunctionality");
        assertThat(downtimes.lasting("alpha")).isPresent();
    }

    @Test
    void nobodyElseAndNotLater() {
        start("alpha", null);
        String operation = operation();

        refused(20403, () -> interventions.cancel("alpha", operation, "otto", "I want it"), "Only olga");
        refused(20409, () -> interventions.cancel("alpha", operation, "olga", "Now"), "no longer waits");
        refused(20409, () -> interventions.cancel("alpha", "alpha-00000000", "olga", "Now"), "another operation");
        refused(20409, () -> interventions.breakClaim("closed", operation, "maria", "Now"), "no longer runs");
        refused(20400, () -> interventions.breakClaim("alpha", operation, "maria", " "), "reason");
        refused(20400, () -> interventions.breakClaim("alpha", operation, "maria", "a\u0007"), "not accepted");
        assertThat(decisions.of(operation)).extracting(Decision::task).containsExactly("start");
    }

    // --- break

    @Test
    void aBreakBeforeAnythingIsTouchedEndsTheProcedure() {
        start("alpha", null);
        String operation = operation();

        interventions.breakClaim("alpha", operation, "maria", "Wrong cluster");
        driver.run();

        assertThat(driver.endOf(instance)).isEqualTo("endEvent_upgradeRefused");
        assertThat(decisions.of(operation))
                .extracting(Decision::task, Decision::person)
                .contains(org.assertj.core.groups.Tuple.tuple(Interventions.BREAK, "maria"));
        assertThat(claims.find("alpha")).isEmpty();
    }

    @Test
    void aBreakWhileSomethingIsAwaitedOpensTheSafeWaysOutForManagersToo() {
        start("alpha", null);
        driver.acceptPlan("olga", false);
        driver.runUntilWaitingFor("restore-point-taken");

        interventions.breakClaim("alpha", operation(), "maria", "Wrong weekend");
        driver.run();

        assertThat(driver.variable("decideHowToGoOn", "failure").toString()).contains("Ended by maria: Wrong weekend");
        assertThat(groups("decideHowToGoOn")).containsExactlyInAnyOrder("ops", "managers");
        // Once more, now that somebody is asked: the way out that keeps the cluster in service.
        interventions.breakClaim("alpha", operation(), "maria", "Wrong weekend");
        driver.run();
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_previousVersionBackInService");
        assertServes("2.2.15");
    }

    @Test
    void whereOnlyARollbackIsSafeTheTaskIsHandedToManagers() {
        start("alpha", null);
        accept();
        String task = driver.task("verifyFunctionality").getId();
        tasks.setAssignee(task, "otto");

        String said = interventions.breakClaim("alpha", operation(), "maria", "Otto is away");

        assertThat(said).contains("is open to managers now");
        assertThat(groups("verifyFunctionality")).containsExactlyInAnyOrder("ops", "managers");
        assertThat(driver.task("verifyFunctionality").getAssignee()).isNull();
        assertThat(claims.find("alpha")).as("it is still held").isPresent();
    }

    @Test
    void aDeletionInCockpitIsToldToOperators() {
        start("alpha", null);
        driver.acceptPlan("olga", false);
        driver.runUntilWaitingFor("maintenance-page-served");
        String operation = operation();

        runtime.deleteProcessInstance(instance, "deleted in Cockpit", true, true);
        driver.run();

        var task = driver.task("lookAfterCluster");
        assertThat(task.getName()).startsWith("Check abandoned cluster: alpha");
        assertThat(tasks.getVariable(task.getId(), "operation")).isEqualTo(operation);
        assertThat(tasks.getVariable(task.getId(), "deletionReason")).isEqualTo("deleted in Cockpit");
        assertThat(tasks.getVariable(task.getId(), "clientsSee")).isNotNull();
        assertThat(tasks.getVariable(task.getId(), "nodes").toString()).contains("app-1");
        assertThat(claims.find("alpha")).isEmpty();

        driver.complete("otto", "lookAfterCluster", Map.of("lookedAfterComment", "All three serve"));
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }

    /** As a plain DELETE of the engine's REST interface does it: found by the fault campaign, nobody was told. */
    @Test
    void aDeletionWithoutAReasonIsToldToOperators() {
        start("alpha", null);
        runtime.deleteProcessInstance(instance, null, true, true);
        driver.run();

        assertThat(tasks.getVariable(driver.task("lookAfterCluster").getId(), "deletionReason"))
                .isEqualTo("no reason was given");
        assertThat(claims.find("alpha")).isEmpty();
    }

    @Test
    void theTaskGoesAwayWhenAProcedureTakesTheCluster() {
        start("alpha", null);
        runtime.deleteProcessInstance(instance, "deleted in Cockpit", true, true);
        driver.run();
        driver.task("lookAfterCluster");

        start("alpha", null);

        driver.task("reviewPlan");
    }

    @Test
    void whereNothingWaitsForAFaultItIsDeleted() {
        start("alpha", null);
        driver.acceptPlan("olga", false);
        driver.runUntilWaitingFor("restore-point-taken");
        interventions.breakClaim("alpha", operation(), "maria", "Wrong weekend");
        // The next step of the engine fails for good.
        management.createJobQuery().messages().list().forEach(job -> management.setJobRetries(job.getId(), 0));

        assertThat(interventions.breakClaim("alpha", operation(), "maria", "Wrong weekend"))
                .contains("was deleted");
        driver.run();

        assertThat(tasks.getVariable(driver.task("lookAfterCluster").getId(), "deletionReason"))
                .isEqualTo("Ended by maria: Wrong weekend");
    }

    @Test
    void whileAStepIsBeingExecutedTheManagerIsAskedToWait() {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of("cluster", "alpha", "targetVersion", "2.2.16", "reason", "security fix"));

        refused(20409, () -> interventions.breakClaim("alpha", operation(), "maria", "Stop"), "Retry");
    }

    @Test
    void breakGlassOpensAManagersTaskToAnOperatorWhoDidNotAskForIt() {
        start("guarded", null);
        accept();
        String operation = operation();

        refused(
                20403,
                () -> interventions.breakGlass("guarded", operation, "olga", "Nobody answers"),
                "asked for what");
        assertThat(groups("approveProcedure")).containsExactly("managers");
        assertThat(offers("guarded", "olga")).as("her own matter").doesNotContain(Offer.BREAK_GLASS);
        assertThat(offers("guarded", "otto")).containsExactly(Offer.BREAK_GLASS);
        refused(
                20403,
                () -> interventions.breakGlass("guarded", operation, "otto", "Nobody answers"),
                "is possible from " + Moments.shown(managersTimeOf("approveProcedure")));
        clock.advance(Duration.ofMinutes(14));
        refused(
                20403,
                () -> interventions.breakGlass("guarded", operation, "otto", "Nobody answers"),
                "is possible from");
        clock.advance(Duration.ofMinutes(2));

        interventions.breakGlass("guarded", operation, "otto", "Nobody answers");

        assertThat(tasks.createTaskQuery().taskCandidateUser("otto").list()).hasSize(1);
        assertThat(decisions.last(operation).orElseThrow().task()).isEqualTo(Interventions.BREAK_GLASS);
        driver.complete("otto", "approveProcedure", Map.of("procedureApproved", true), false);
        driver.run();
        driver.task("verifyFunctionality");
        refused(20409, () -> interventions.breakGlass("guarded", operation, "otto", "Again"), "managers alone");
    }

    /** Who may decide is a matter of who asked, not of who started the procedure. */
    @Test
    void theStarterBreaksTheGlassWhenSomebodyElseAskedForTheRollback() {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of("cluster", "alpha", "targetVersion", "2.2.17", "reason", "security fix"));
        driver.run();
        accept();
        decide("decideHowToGoOn", "rollback");
        assertThat(offers("alpha", "otto")).doesNotContain(Offer.BREAK_GLASS);
        assertThat(offers("alpha", "olga")).containsExactly(Offer.BREAK_GLASS);

        clock.advance(Duration.ofMinutes(16));
        interventions.breakGlass("alpha", operation(), "olga", "Nobody answers");

        driver.complete("olga", "approveRollback", Map.of("rollbackApproved", true, "approvalComment", "go ahead"));
        driver.task("verifyFunctionality");
    }

    @Test
    void withoutTheSettingNoGlassIsBroken() {
        start("guarded", null);
        accept();
        Interventions cautious = new Interventions(
                claims,
                decisions,
                downtimes,
                news,
                new SecuritySettings("admin", null, null, false, false, null),
                managersTime,
                engine,
                clock,
                transactions);

        refused(20403, () -> cautious.breakGlass("guarded", operation(), "otto", "Nobody answers"), "not allowed here");
        assertThat(cautious.offers(
                        procedures.now().get("guarded").claim(),
                        procedures.tasks().get("guarded"),
                        "otto",
                        List.of("ops")))
                .isEmpty();
    }

    private List<Offer> offers(String cluster, String person) {
        return interventions.offers(
                procedures.now().get(cluster).claim(), procedures.tasks().get(cluster), person, List.of("ops"));
    }

    // --- what people see

    @Test
    void theStatusSaysWhereItIsAndWhatComesNext() {
        start("alpha", null);
        accept();

        RunningProcedure seen = procedures.now().get("alpha");
        assertThat(seen.name()).isEqualTo("Version upgrade");
        assertThat(seen.previousVersion()).isEqualTo("2.2.15");
        assertThat(seen.targetVersion()).isEqualTo("2.2.16");
        assertThat(seen.done())
                .extracting(RunningProcedure.Phase::name)
                .contains("Plan procedure", "Suspend service", "Take restore point", "Start first node");
        assertThat(seen.present().name()).isEqualTo("Verify functionality");
        assertThat(seen.next())
                .containsExactly("Start other nodes", "Verify restore point", "Route to cluster", "Tidy up");
        assertThat(downtimes.lasting("alpha")).isPresent();
        List<OpenTask> open = procedures.tasks().get("alpha");
        assertThat(open).extracting(OpenTask::key).containsExactly("userTask_verifyFunctionality");
        assertThat(interventions.offers(seen.claim(), open, "olga", List.of("ops")))
                .isEmpty();
        assertThat(interventions.offers(seen.claim(), open, "maria", List.of("managers")))
                .containsExactly(Offer.BREAK);

        verify("works");
        assertThat(procedures.now()).isEmpty();
        assertThat(procedures.past().get("alpha").get(0).outcome()).isEqualTo("Version upgraded");
    }

    @Test
    void aGroupIsRemindedOnceWhenItsTaskIsOverdue() {
        start("alpha", null);
        accept();
        assertThat(reminders.lookNow()).as("too early").isZero();

        clock.advance(Duration.ofMinutes(11));

        assertThat(reminders.lookNow()).isEqualTo(1);
        assertThat(reminders.lookNow()).as("once").isZero();
    }

    private void start(String cluster, String window) {
        Map<String, Object> form =
                new HashMap<>(Map.of("cluster", cluster, "targetVersion", "2.2.16", "reason", "security fix"));
        if (window != null) {
            form.put("window", window);
        }
        instance = driver.start("olga", "version-upgrade", form);
        driver.run();
    }

    private Instant managersTimeOf(String task) {
        return driver.task(task).getCreateTime().toInstant().plus(Duration.ofMinutes(15));
    }

    private List<String> groups(String task) {
        return tasks.getIdentityLinksForTask(driver.task(task).getId()).stream()
                .map(IdentityLink::getGroupId)
                .toList();
    }

    private static void refused(int code, Runnable deed, String text) {
        assertThatThrownBy(deed::run)
                .isInstanceOf(ProcessEngineException.class)
                .hasMessageContaining(text)
                .extracting(thrown -> ((ProcessEngineException) thrown).getCode())
                .isEqualTo(code);
    }
}
