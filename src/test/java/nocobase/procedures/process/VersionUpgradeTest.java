package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.audit.Decision;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.claim.Claim;
import nocobase.procedures.process.task.Reminders;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Every end, boundary and question of the version upgrade, on the rehearsal cluster with real models and delegates. */
@ProcessTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class VersionUpgradeTest extends ProcedureScenario {

    @Autowired
    private Reminders reminders;

    /** The models whose every flow is taken here; {@link ProcessModelTest} asserts that none is left out. */
    static final Set<String> MODELS = Set.of(
            "version-upgrade",
            "plan-procedure",
            "pull-image",
            "prepare-upgrade",
            "wait-for-window",
            "suspend-service",
            "take-restore-point",
            "start-first-node",
            "verify-functionality",
            "start-other-nodes",
            "verify-restore-point",
            "route-to-cluster",
            "route-to-first-node",
            "restore-databases",
            "return-previous-version",
            "tidy-up",
            "guided-failure",
            "approve-rollback",
            "technical-incident");

    /** When the window begins. */
    private java.time.Instant opens;

    private static final String UPGRADED = "endEvent_versionUpgraded";
    private static final String REFUSED = "endEvent_upgradeRefused";
    private static final String RESTORED = "endEvent_previousVersionRestored";
    private static final String BACK_IN_SERVICE = "endEvent_previousVersionBackInService";

    // --- the happy path

    @Test
    void upgradesAllNodesAfterAPersonVerified() {
        start("alpha", "2.2.16");
        accept();
        assertThat(nodes("alpha").stream().filter(Node::running)).hasSize(1);
        assertThat(claims.find("alpha"))
                .hasValueSatisfying(claim -> assertThat(claim.who()).isEqualTo("olga"));
        verify("works");

        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
        assertThat(nodes("alpha")).allSatisfy(node -> {
            assertThat(node.state()).isEqualTo(NodeState.RUNNING);
            assertThat(node.version()).isEqualTo(Version.parse("2.2.16"));
        });
        assertThat(claims.find("alpha")).isEmpty();
    }

    @Test
    void tellsWhoVerifiesWhichSubApplicationsAreBackAndWhichAreNot() {
        rehearsals.addSubApplication(clusters.find("alpha"), "shop");
        rehearsals.addSubApplication(clusters.find("alpha"), "crm-broken");
        start("alpha", "2.2.16");
        String operation = operation();
        accept();

        assertThat(driver.variable("verifyFunctionality", "remarks").toString())
                .contains(
                        "Sub-applications that answer with NocoBase 2.2.16: shop.",
                        "Not proven to be back with NocoBase 2.2.16: sub-application crm-broken (");
        verify("works");
        assertThat(evidence.find(operation).orElseThrow())
                .contains("<td>Sub-application shop</td><td>2.2.15</td><td>2.2.16</td>")
                .contains("<td>Sub-application crm-broken</td><td>2.2.15</td><td>2.2.15</td>")
                .contains("Not proven to be back with NocoBase 2.2.16");
    }

    @Test
    void tellsAfterARollbackWhichSubApplicationsAnswerWithThePreviousVersion() {
        rehearsals.addSubApplication(clusters.find("alpha"), "shop");
        rehearsals.addSubApplication(clusters.find("alpha"), "crm-broken");
        start("alpha", "2.2.17");
        accept();
        driver.complete("otto", "decideHowToGoOn", Map.of("decision", "rollback", "decisionComment", "broken"));
        approveRollback();

        assertThat(driver.variable("verifyFunctionality", "remarks").toString())
                .contains(
                        "Sub-applications that answer with NocoBase 2.2.15: shop.",
                        "Not proven to be back with NocoBase 2.2.15: sub-application crm-broken (");
        verify("works");
    }

    @Test
    void keepsWhoDecidedWhatAndWhy() {
        start("alpha", "2.2.16");
        String operation = operation();
        accept();
        verify("works");
        List<Decision> kept = decisions.of(operation);
        assertThat(kept)
                .extracting(Decision::task)
                .containsExactly("start", "userTask_reviewPlan", "userTask_verifyFunctionality");
        assertThat(kept).extracting(Decision::person).containsExactly("olga", "olga", "otto");
        assertThat(kept.get(0).fields()).contains("\"targetVersion\":\"2.2.16\"", "security fix");
        assertThat(kept.get(2).fields()).contains("\"verification\":\"works\"", "Looked at the main pages");
    }

    /** The pack is read without the engine: nothing of the run is left there. */
    @Test
    void keepsTheEvidenceOfARollback() {
        start("alpha", "2.2.17");
        String operation = operation();
        accept();
        driver.complete("otto", "decideHowToGoOn", Map.of("decision", "retry", "decisionComment", "perhaps"));
        driver.complete(
                "otto",
                "decideHowToGoOn",
                Map.of("decision", "rollback", "decisionComment", "<script>alert(1)</script> & more"));
        approveRollback();
        verify("works");
        // Not made of the history when it is asked for.
        history.deleteHistoricProcessInstance(instance);

        String page = evidence.find(operation).orElseThrow();
        assertThat(page)
                .contains("<p class=\"outcome\">Previous version restored</p>")
                .containsPattern("<th>Restore point</th><td>" + operation + ", [0-9.]+ [kMG]?B, taken ")
                .containsPattern("<th>Downtime</th><td>\\d+ min \\d+ s, from 2027-[^<]+ to 2027-[^<]+\\.</td>")
                .doesNotContain("Still running", "not ended", "<script");
        assertThat(page)
                .as("who decided what and why, in the words of the forms, and what was said before")
                .contains("<td>olga</td><td>Start: Version upgrade</td><td>Cluster: Alpha")
                .contains("Target version: 2.2.17", "Reason: security fix")
                .contains("Your decision: Continue: I accept the plan")
                .contains(
                        "How to continue: Retry: only if you have fixed the cause yourself, for this fault doesn&#39;t clear<br>Reason: perhaps<br>")
                .contains(
                        "(a manager approves it) (before: Retry: only if you have fixed the cause yourself, for this fault doesn&#39;t clear)")
                .contains("Reason: &lt;script&gt;alert(1)&lt;/script&gt; &amp; more (before: perhaps)")
                .contains(
                        "<td>maria</td><td>Approve rollback: alpha",
                        "Your decision: Approve: roll back",
                        "Reason: go ahead");
        assertThat(page)
                .as("what people did beside it")
                .contains("olga claimed &quot;Review plan: alpha 2.2.15 &rarr; 2.2.17&quot;");
        assertThat(page)
                .as("what the cluster consisted of, before and after")
                .contains("<td>Node app-1</td><td>2.2.15, running</td><td>2.2.15, running</td>")
                .containsPattern("<td>(Plugin)?\\s*acl</td><td>[^<]+enabled</td><td>[^<]+enabled</td>");
        assertThat(page).contains("Switch image version");
    }

    @Test
    void theEvidenceSaysWhatAnUpgradeChanged() {
        start("alpha", "2.2.16");
        String operation = operation();
        accept();
        verify("works");

        assertThat(evidence.find(operation).orElseThrow())
                .contains("<tr class=\"changed\"><td>Node app-3</td><td>2.2.15, running</td><td>2.2.16, running</td>");
    }

    @Test
    void aDeletionInCockpitStandsInTheEvidence() {
        start("alpha", "2.2.16");
        String operation = operation();
        engine.getIdentityService().setAuthentication("ada", List.of("admins"));
        try {
            runtime.deleteProcessInstance(instance, "wrong cluster");
        } finally {
            engine.getIdentityService().clearAuthentication();
        }

        assertThat(evidence.find(operation).orElseThrow())
                .contains("Ended by hand: wrong cluster", "ada: delete process instance");
    }

    @Test
    void showsTheEvidenceInTheTask() {
        start("alpha", "2.2.16");
        accept();
        assertThat(driver.task("verifyFunctionality").getName())
                .isEqualTo("Verify functionality: alpha 2.2.15 → 2.2.16");
        assertThat(driver.variable("verifyFunctionality", "privateLink").toString())
                .startsWith("/rehearsal/alpha/node/");
        assertThat(driver.variable("verifyFunctionality", "nodes").toString()).contains("2.2.16");
        assertThat(driver.variable("verifyFunctionality", "downSinceShown").toString())
                .isNotBlank();
        assertThat(driver.task("verifyFunctionality").getPriority()).isEqualTo(90);
    }

    // --- refused before anything is touched

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    nowhere | 2.2.16        | needed       | choose one of these: alpha, closed
                    alpha   | latest        | needed       | not a pinned version
                    alpha   | 2.2           | needed       | not a pinned version
                    alpha   | 2.2.15        | needed       | already
                    alpha   | 2.2.14        | needed       | below 2.2.15
                    alpha   | 2.2.16; rm -r | needed       | not a pinned version
                    alpha   | $(id)         | needed       | not a pinned version
                    alpha   | ../2.2.16     | needed       | not a pinned version
                    alpha   | ' '           | needed       | "Target version": an answer is required
                    alpha   | 2.2.16        | ' '          | "Reason": an answer is required
                    closed  | 2.2.16        | needed       | prohibited
                    empty   | 2.2.16        | needed       | has no node
                    """)
    void refusesBadInputAndLeavesNothingBehind(String cluster, String version, String reason, String refusal) {
        Map<String, Object> form = Map.of("cluster", cluster, "targetVersion", version, "reason", reason);
        assertThatThrownBy(() -> driver.start("olga", "version-upgrade", form)).hasMessageContaining(refusal);
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
        assertThat(claims.all()).isEmpty();
    }

    @Test
    void refusesAWindowInThePast() {
        Map<String, Object> form = Map.of(
                "cluster", "alpha", "targetVersion", "2.2.16", "reason", "needed", "window", "2020-01-01T00:00:00Z");
        assertThatThrownBy(() -> driver.start("olga", "version-upgrade", form)).hasMessageContaining("in the past");
    }

    /** Tasklist sends no moment for a date without a time; what was meant for tonight must not begin now. */
    @Test
    void refusesAWindowThatWasOnlyHalfGiven() {
        Map<String, Object> form = new HashMap<>(
                Map.of("cluster", "alpha", "targetVersion", "2.2.16", "reason", "needed", "begin", "window"));
        form.put("window", null);
        assertThatThrownBy(() -> driver.start("olga", "version-upgrade", form))
                .hasMessageContaining("both the date and the time");
        assertThat(claims.all()).isEmpty();
    }

    @Test
    void refusesASecondProcedureOnTheCluster() {
        start("alpha", "2.2.16");
        Map<String, Object> form = Map.of("cluster", "alpha", "targetVersion", "2.2.16", "reason", "me too");
        assertThatThrownBy(() -> driver.start("otto", "version-upgrade", form))
                .hasMessageContaining("is locked by Version upgrade")
                .hasMessageContaining("started by olga at")
                .hasMessageContaining("security fix");
        assertThat(runtime.createProcessInstanceQuery()
                        .processDefinitionKey("version-upgrade")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void deletingTheInstanceReleasesTheClusterAlsoWithoutListeners() {
        start("alpha", "2.2.16");
        runtime.deleteProcessInstance(instance, "deleted in Cockpit", true, true);
        assertThat(claims.find("alpha")).isEmpty();
    }

    // --- plan and prepare

    @Test
    void declinedPlanTouchesNothing() {
        start("alpha", "2.2.16");
        driver.complete("olga", "reviewPlan", Map.of("planAccepted", false));
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        assertServes("2.2.15");
    }

    @Test
    void managerDeniesTheApproval() {
        start("guarded", "2.2.16");
        accept();
        driver.complete("maria", "approveProcedure", Map.of("procedureApproved", false));
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
    }

    @Test
    void managerApprovesAndTheUpgradeGoesOn() {
        start("guarded", "2.2.16");
        accept();
        driver.complete("maria", "approveProcedure", Map.of("procedureApproved", true));
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void failedPreconditionsTouchNothing() {
        start("alpha", "2.2.34");
        decide("decideHowToGoOn", "retry");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        assertServes("2.2.15");
    }

    @Test
    void missingImageTouchesNothing() {
        start("alpha", "2.2.30");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        assertServes("2.2.15");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.2.31", "2.2.35"})
    void preparingIsTriedAgain(String version) {
        start("alpha", version);
        accept();
        decide("decideHowToGoOn", "retry");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void whatFailsRightBeforeTheDowntimeTouchesNothing() {
        start("alpha", "2.2.35");
        accept();
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        assertServes("2.2.15");
    }

    @Test
    void slowPullStrikesItsTimeLimit() {
        start("alpha", "2.2.16");
        driver.run();
        tasksOnlyAccept();
        driver.runUntilWaitingFor("target-image-present");
        watcher.lookNow();
        driver.strikeTimeLimit("target-image-present", "boundaryEvent_pullTimeLimit");
        assertThat(driver.variable("decideHowToGoOn", "failure").toString()).contains("Pull time limit", "Last seen");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
    }

    @Test
    void windowOpensByItself() {
        startInWindow("2.2.16");
        accept();
        driver.task("waitForMaintenanceWindow");
        driver.fireTimer("boundaryEvent_windowOpens");
        driver.run();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void windowIsStartedAtOnce() {
        startInWindow("2.2.16");
        accept();
        driver.complete("olga", "waitForMaintenanceWindow", Map.of("windowChoice", "start"));
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void windowIsCancelled() {
        startInWindow("2.2.16");
        accept();
        driver.complete("olga", "waitForMaintenanceWindow", Map.of("windowChoice", "cancel"));
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        assertServes("2.2.15");
    }

    @Test
    void aPlannedProcedureHoldsNothingUntilItsWindowOpens() {
        startInWindow("2.2.16");
        accept();
        driver.task("waitForMaintenanceWindow");
        assertThat(claims.find("alpha")).isEmpty();
        Claim other = other();
        claims.take(other);
        driver.fireTimer("boundaryEvent_windowOpens");
        driver.run();

        assertThat(driver.variable("decideWhenToBegin", "beginProblem").toString())
                .contains("locked by First start (alpha-0a0a0a0a), started by otto", "Meanwhile");
        driver.complete("olga", "decideWhenToBegin", Map.of("windowChoice", "start"));
        driver.task("decideWhenToBegin");
        claims.release(other.processInstance());
        driver.complete("olga", "decideWhenToBegin", Map.of("windowChoice", "start"));
        assertThat(claims.find("alpha"))
                .hasValueSatisfying(claim -> assertThat(claim.who()).isEqualTo("olga"));
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void afterItsWindowAPersonIsAskedAndMayChooseAnother() {
        startInWindow("2.2.16");
        accept();
        passTheWindow();
        driver.fireTimer("boundaryEvent_windowOpens");
        driver.run();

        assertThat(driver.variable("decideWhenToBegin", "beginProblem").toString())
                .contains("The maintenance window ended at " + Moments.shown(hoursAfterItOpens(4)));
        assertThat(nodes("alpha")).allMatch(Node::running);
        assertThatThrownBy(() -> driver.complete("olga", "decideWhenToBegin", Map.of("windowChoice", "window")))
                .hasMessageContaining("both the date and the time");
        driver.complete(
                "olga",
                "decideWhenToBegin",
                Map.of(
                        "windowChoice",
                        "window",
                        "newWindow",
                        hoursAfterItOpens(20).toString(),
                        "newWindowEnd",
                        hoursAfterItOpens(21).toString()));
        assertThat(driver.variable("waitForMaintenanceWindow", "windowEndShown").toString())
                .contains(Moments.shown(hoursAfterItOpens(21)));
        assertThat(runtime.getVariable(instance, "window"))
                .isEqualTo(hoursAfterItOpens(20).toString());
        driver.fireTimer("boundaryEvent_windowOpens");
        driver.run();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void afterItsWindowItMayBeCancelled() {
        startInWindow("2.2.16");
        accept();
        passTheWindow();
        driver.fireTimer("boundaryEvent_windowOpens");
        driver.run();
        driver.complete("olga", "decideWhenToBegin", Map.of("windowChoice", "cancel"));
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        assertServes("2.2.15");
    }

    @Test
    void whatFailsAfterTheWindowOpenedDoesNotGoOnBeyondItsEnd() {
        startInWindow("2.2.35");
        accept();
        driver.fireTimer("boundaryEvent_windowOpens");
        driver.run();
        driver.task("decideHowToGoOn");
        assertThat(claims.find("alpha")).isPresent();
        passTheWindow();
        driver.complete("otto", "decideHowToGoOn", Map.of("decision", "retry", "decisionComment", "late"));
        driver.fireTimer("boundaryEvent_windowOpens");
        driver.run();
        driver.task("decideWhenToBegin");
        assertThat(claims.find("alpha"))
                .as("nothing is held while a person is asked")
                .isEmpty();
        driver.complete("olga", "decideWhenToBegin", Map.of("windowChoice", "cancel"));
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
    }

    @Test
    void refusesAWindowThatEndsBeforeItBegins() {
        Map<String, Object> form = Map.of(
                "cluster", "alpha",
                "targetVersion", "2.2.16",
                "reason", "needed",
                "window", "2099-01-02T00:00:00Z",
                "windowEnd", "2099-01-01T00:00:00Z");
        assertThatThrownBy(() -> driver.start("olga", "version-upgrade", form))
                .hasMessageContaining("is not after its beginning");
    }

    /** Beyond the four hours that a window without an end has. */
    private void passTheWindow() {
        clock.advance(java.time.Duration.between(clock.instant(), hoursAfterItOpens(5)));
    }

    private java.time.Instant hoursAfterItOpens(int hours) {
        return opens.plus(java.time.Duration.ofHours(hours));
    }

    private Claim other() {
        return new Claim(
                "alpha", "alpha-0a0a0a0a", "first-start", "otto", clock.instant(), "Meanwhile", "another instance");
    }

    // --- suspend and back up

    @ParameterizedTest
    @ValueSource(strings = {"2.2.25", "2.2.26", "2.2.21"})
    void suspendingAndBackingUpIsTriedAgain(String version) {
        start("alpha", version);
        accept();
        decide("decideHowToGoOn", "retry");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.2.25", "2.2.26", "2.2.20"})
    void abortBeforeTheSwitchBringsThePreviousVersionBack(String version) {
        start("alpha", version);
        accept();
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(BACK_IN_SERVICE);
        assertServes("2.2.15");
    }

    @ParameterizedTest
    @CsvSource({
        "maintenance-page-served, boundaryEvent_pageTimeLimit",
        "open-requests-ended, boundaryEvent_drainTimeLimit",
        "all-nodes-stopped, boundaryEvent_stopTimeLimit",
        "restore-point-taken, boundaryEvent_backupTimeLimit"
    })
    void suspendingAndBackingUpHasTimeLimits(String message, String limit) {
        start("alpha", "2.2.16");
        tasksOnlyAccept();
        driver.strikeTimeLimit(message, limit);
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(BACK_IN_SERVICE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"maintenance-page-served", "open-requests-ended", "all-nodes-stopped", "restore-point-taken"})
    void suspendingAndBackingUpFails(String message) {
        start("alpha", "2.2.16");
        tasksOnlyAccept();
        driver.failWaiting(message, "It does not work.");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(BACK_IN_SERVICE);
    }

    @Test
    void returnThatIsAbandonedStaysBehindThePage() {
        start("alpha", "2.2.20");
        accept();
        decideOnly("abort");
        driver.failWaiting("first-node-ready", "It does not come up.");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_leftStoppedBehindMaintenancePage");
    }

    // --- first node and verification

    @ParameterizedTest
    @ValueSource(strings = {"2.2.28", "2.2.29", "2.2.36"})
    void firstNodeIsTriedAgain(String version) {
        start("alpha", version);
        accept();
        decide("decideHowToGoOn", "retry");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void brokenUpgradeIsRolledBackWithItsData() {
        start("alpha", "2.2.17");
        accept();
        assertThat(driver.variable("decideHowToGoOn", "failure").toString()).contains("app-1");
        decide("decideHowToGoOn", "rollback");
        driver.complete("maria", "approveRollback", Map.of("rollbackApproved", false, "approvalComment", "try again"));
        decide("decideHowToGoOn", "rollback");
        assertThat(driver.variable("approveRollback", "notBy")).isEqualTo("otto");
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
        assertServes("2.2.15");
        assertThat(clusters.find("alpha").application().recordedVersion()).contains(Version.parse("2.2.15"));
    }

    @ParameterizedTest
    @CsvSource({"first-node-ready, boundaryEvent_startTimeLimit", "all-nodes-ready, boundaryEvent_joinTimeLimit"})
    void nodesHaveTimeLimits(String message, String limit) {
        start("alpha", "2.2.16");
        tasksOnlyAccept();
        if (message.startsWith("all")) {
            driver.run();
            verifyOnly("works");
        }
        driver.strikeTimeLimit(message, limit);
        decide("decideHowToGoOn", "retry");
        if (message.startsWith("first")) {
            verify("works");
        }
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void nodesThatOnlyNeedMoreTimeAreWaitedForAndLeftAlone() {
        start("alpha", "2.2.16");
        tasksOnlyAccept();
        strikeStartLimit("first-node-ready", "boundaryEvent_startTimeLimit", "app-1: ");
        decide("decideHowToGoOn", "waitLonger");
        verifyOnly("works");
        strikeStartLimit("all-nodes-ready", "boundaryEvent_joinTimeLimit", "app-2: ");
        decideOnly("waitLonger");
        strikeStartLimit("all-nodes-ready", "boundaryEvent_joinTimeLimit", "app-2: ");
        decide("decideHowToGoOn", "waitLonger");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
        assertThat(rehearsals.observe(clusters.find("alpha")).texts())
                .filteredOn(event -> event.matches("start app-. 2.2.16"))
                .hasSize(3);
    }

    private void strikeStartLimit(String message, String limit, String node) {
        driver.runUntilWaitingFor(message);
        watcher.lookNow();
        driver.strikeTimeLimit(message, limit);
        assertThat(driver.variable("decideHowToGoOn", "options").toString())
                .contains("waitLonger", "their progress is lost");
        assertThat(driver.variable("decideHowToGoOn", "failure").toString())
                .contains("wait longer", node, "procedures.clusters.alpha")
                .doesNotContain(node + node);
    }

    /** A version whose migration fails does so each time; a database that is away for a moment does not. */
    @Test
    void whatCannotPassIsNotOfferedToBeTriedAgainFirst() {
        start("alpha", "2.2.17");
        accept();
        assertThat(values(driver.variable("decideHowToGoOn", "options"))).containsExactly("rollback", "retry");
        assertThat(driver.variable("decideHowToGoOn", "options").toString()).contains("only if you have fixed");
        driver.complete("otto", "decideHowToGoOn", Map.of("decision", "retry", "decisionComment", "a try"));
        assertThat(values(driver.variable("decideHowToGoOn", "options"))).containsExactly("rollback", "retry");
    }

    private static List<String> values(Object options) {
        List<String> values = new ArrayList<>();
        Json.read(options).forEach(option -> values.add(option.path("value").asText()));
        return values;
    }

    @Test
    void waitingLongerIsOfferedForNothingButATimeLimit() {
        start("alpha", "2.2.16");
        tasksOnlyAccept();
        driver.failWaiting("first-node-ready", "APP_ERROR");
        assertThat(driver.variable("decideHowToGoOn", "options").toString())
                .contains("retry", "may have cleared")
                .doesNotContain("waitLonger", "progress");
        assertThatThrownBy(() -> decide("decideHowToGoOn", "waitLonger"))
                .hasMessageContaining("choose one of these: retry, rollback");
    }

    @Test
    void neverReadyNodeIsRolledBack() {
        start("alpha", "2.2.18");
        tasksOnlyAccept();
        driver.strikeTimeLimit("first-node-ready", "boundaryEvent_startTimeLimit");
        decide("decideHowToGoOn", "rollback");
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    @Test
    void troubleshootsAndVerifiesAgain() {
        start("alpha", "2.2.16");
        accept();
        verify("troubleshoot");
        driver.complete("otto", "troubleshoot", Map.of("troubleshootComment", "cleared the cache"));
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void rollbackFromTheVerificationNeedsAManager() {
        start("alpha", "2.2.16");
        accept();
        verify("rollback");
        assertThat(driver.variable("approveRollback", "rollbackReason")).isEqualTo("Looked at the main pages");
        driver.complete("maria", "approveRollback", Map.of("rollbackApproved", false, "approvalComment", "look again"));
        verify("rollback");
        approveRollback();
        verify("otherWay");
        driver.complete("olga", "chooseWayBack", Map.of("wayBack", "none", "wayBackComment", "it works after all"));
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
        assertServes("2.2.15");
    }

    @Test
    void stoppingBeforeTheFirstStartMayFail() {
        start("alpha", "2.2.16");
        tasksOnlyAccept();
        driver.runUntilWaitingFor("restore-point-taken");
        driver.failWaiting("all-nodes-stopped", "It does not stop.");
        decideOnly("retry");
        driver.strikeTimeLimit("all-nodes-stopped", "boundaryEvent_stopTimeLimit");
        decide("decideHowToGoOn", "retry");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    // --- other nodes, verified restore point, route

    @Test
    void otherNodeIsTriedAgain() {
        start("alpha", "2.2.24");
        accept();
        verify("works");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
        assertThat(nodes("alpha").stream().filter(Node::running)).hasSize(3);
    }

    @Test
    void goesOnWithoutTheNodeThatWillNotStart() {
        start("alpha", "2.2.19");
        accept();
        verify("works");
        driver.complete(
                "otto",
                "decideHowToGoOn",
                Map.of(
                        "decision",
                        "withoutNodes",
                        "nodesToLeaveOut",
                        Json.of(List.of("app-3")),
                        "decisionComment",
                        "later"));
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
        assertThat(nodes("alpha").stream().filter(Node::running).map(Node::name))
                .containsExactly("app-1", "app-2");
    }

    /** What is in the way is ticked beforehand, and is an answer only if a person sends it. */
    @Test
    void theNodeThatWillNotStartIsTickedAndNothingComesOfItByItself() {
        start("alpha", "2.2.19");
        accept();
        verify("works");
        assertThat(driver.variable("decideHowToGoOn", "nodesToLeaveOut")).hasToString("[\"app-3\"]");
        assertThatThrownBy(() -> driver.complete(
                        "otto", "decideHowToGoOn", Map.of("decision", "withoutNodes", "decisionComment", "later")))
                .hasMessageContaining("Nodes to continue without");
        String operation = operation();
        decide("decideHowToGoOn", "retry");
        assertThat(decisions.of(operation))
                .filteredOn(decision -> decision.task().equals("userTask_decideHowToGoOn"))
                .singleElement()
                .satisfies(decision ->
                        assertThat(decision.toString()).contains("retry").doesNotContain("app-3"));
    }

    @Test
    void otherNodesMayLeadToARollback() {
        start("alpha", "2.2.19");
        accept();
        verify("works");
        decide("decideHowToGoOn", "rollback");
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
        assertServes("2.2.15");
    }

    @Test
    void stoppingUnreadyNodesMayFail() {
        start("alpha", "2.2.24");
        accept();
        verifyOnly("works");
        driver.failWaiting("unready-nodes-stopped", "It does not stop.");
        decideOnly("retry");
        driver.strikeTimeLimit("unready-nodes-stopped", "boundaryEvent_stopTimeLimit");
        decide("decideHowToGoOn", "retry");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void noTrafficBeforeTheDurableCopyIsVerified() {
        start("alpha", "2.2.22");
        accept();
        verify("works");
        decide("decideHowToGoOn", "retry");
        decide("decideHowToGoOn", "rollback");
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    @Test
    void durableCopyIsTriedAgain() {
        start("alpha", "2.2.27");
        accept();
        verify("works");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @ParameterizedTest
    @CsvSource({"restore-point-verified, boundaryEvent_backupTimeLimit", "cluster-served, boundaryEvent_routeTimeLimit"
    })
    void openingHasTimeLimits(String message, String limit) {
        start("alpha", "2.2.16");
        accept();
        verifyOnly("works");
        driver.strikeTimeLimit(message, limit);
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.2.23", "2.2.37"})
    void routeIsTriedAgain(String version) {
        start("alpha", version);
        accept();
        verify("works");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void routeIsRolledBack() {
        start("alpha", "2.2.37");
        accept();
        verify("works");
        decide("decideHowToGoOn", "rollback");
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    @Test
    void abandonedRouteStaysBehindThePage() {
        start("alpha", "2.2.23");
        accept();
        verify("works");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_upgradeLeftBehindMaintenancePage");
    }

    // --- nobody answers

    @Test
    void overdueAnswersAreAskedOfManagersAndDecideNothing() {
        start("alpha", "2.2.28");
        accept();
        escalates("decideHowToGoOn");
        decide("decideHowToGoOn", "retry");
        escalates("verifyFunctionality");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    private void escalates(String task) {
        driver.task(task);
        clock.advance(clusters.find("alpha").settings().answerTimeout().plusSeconds(1));
        reminders.lookNow();
        assertThat(driver.task(task).getPriority()).isEqualTo(100);
        assertThat(engine.getTaskService()
                        .getIdentityLinksForTask(driver.task(task).getId()))
                .anySatisfy(link -> assertThat(link.getGroupId()).isEqualTo("managers"));
    }

    // --- the rollback itself

    @ParameterizedTest
    @ValueSource(strings = {"2.2.38", "2.2.41"})
    void rollbackStepsAreTriedAgain(String version) {
        start("alpha", version);
        accept();
        decide("decideHowToGoOn", "rollback");
        approveRollback();
        if (version.equals("2.2.38")) {
            decide("decideHowToGoOn", "retry");
            verify("works");
        } else {
            verify("works");
            decide("decideHowToGoOn", "retry");
        }
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    @Test
    void rollbackOfferesNoRollback() {
        start("alpha", "2.2.39");
        accept();
        decide("decideHowToGoOn", "rollback");
        approveRollback();
        assertThat(driver.variable("decideHowToGoOn", "options").toString())
                .contains("retry", "abort")
                .doesNotContain("rollback");
        assertThat(driver.variable("decideHowToGoOn", "privateLink")).isNull();
        decide("decideHowToGoOn", "retry");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    @Test
    void rollbackGoesOnWithoutANode() {
        start("alpha", "2.2.40");
        accept();
        decide("decideHowToGoOn", "rollback");
        approveRollback();
        verify("works");
        driver.complete(
                "otto",
                "decideHowToGoOn",
                Map.of(
                        "decision",
                        "withoutNodes",
                        "nodesToLeaveOut",
                        Json.of(List.of("app-3")),
                        "decisionComment",
                        "later"));
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    @Test
    void clientsWhoHaveThe503PageAreNotGivenItAgain() {
        start("alpha", "2.2.16");
        accept();
        verify("rollback");
        approveRollback();
        assertThat(provenPages()).isEqualTo(1);
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    /** Somebody edited the balancer's configuration meanwhile. */
    @Test
    void clientsWhoLostThe503PageGetItBeforeARollbackStopsTheNode() {
        start("alpha", "2.2.16");
        accept();
        verify("rollback");
        clock.advance(Duration.ofHours(1));
        Cluster alpha = clusters.find("alpha");
        alpha.balancer().route(new Route.Nodes(List.of(alpha.runtime().observe().first())));
        approveRollback();
        assertThat(provenPages()).isEqualTo(2);
        assertThat(alpha.balancer().seen().kind()).isEqualTo(Seen.Kind.MAINTENANCE_PAGE);
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    private long provenPages() {
        return engine
                .getHistoryService()
                .createHistoricActivityInstanceQuery()
                .activityId("receiveTask_waitUntilMaintenancePageIsServed")
                .list()
                .stream()
                .filter(activity -> instance.equals(activity.getRootProcessInstanceId()))
                .count();
    }

    @Test
    void slowRestoreStrikesItsTimeLimit() {
        start("alpha", "2.2.17");
        accept();
        decide("decideHowToGoOn", "rollback");
        driver.complete(
                "maria", "approveRollback", Map.of("rollbackApproved", true, "approvalComment", "go ahead"), false);
        driver.strikeTimeLimit("databases-restored", "boundaryEvent_restoreTimeLimit");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_rollbackLeftBehindMaintenancePage");
    }

    // --- traffic after the first node

    @Test
    void clientsReachTheVerifiedFirstNodeWhileTheOthersStart() {
        start("early", "2.2.16");
        String operation = operation();
        assertThat(driver.variable("reviewPlan", "openingPlan").toString())
                .contains("a rollback loses what they write");
        accept();
        verifyOnly("works");
        driver.runUntilWaitingFor("all-nodes-ready");

        Cluster early = clusters.find("early");
        assertThat(early.balancer().seen().kind()).isEqualTo(Seen.Kind.SERVED);
        assertThat(early.restorePoints().find(operation).orElseThrow().state()).isEqualTo(RestorePoint.State.VERIFIED);
        driver.run();
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
        assertThat(nodes("early")).allSatisfy(node -> assertThat(node.version()).isEqualTo(Version.parse("2.2.16")));
        assertThat(evidence.find(operation).orElseThrow())
                .contains("Downtime")
                .doesNotContain("not ended when this procedure ended");
    }

    @Test
    void aRollbackAfterThatNamesWhatIsLost() {
        start("early", "2.2.19");
        accept();
        verify("works");
        assertThat(driver.task("decideHowToGoOn").getPriority())
                .as("clients are served")
                .isEqualTo(50);
        decide("decideHowToGoOn", "rollback");
        assertThat(driver.variable("approveRollback", "loss").toString()).contains("will be missing");
        approveRollback();

        assertThat(clusters.find("early").balancer().seen().kind()).isEqualTo(Seen.Kind.MAINTENANCE_PAGE);
        assertThat(driver.variable("verifyFunctionality", "downSinceShown"))
                .as("down again")
                .isNotNull();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
        assertThat(nodes("early")).allSatisfy(node -> assertThat(node.version()).isEqualTo(Version.parse("2.2.15")));
    }

    @Test
    void theRouteToTheFirstNodeIsTriedAgainOrGivenUp() {
        start("early", "2.2.16");
        accept();
        verifyOnly("works");
        driver.failWaiting("first-node-served", "Clients get 502.");
        decideOnly("retry");
        driver.strikeTimeLimit("first-node-served", "boundaryEvent_routeTimeLimit");
        decide("decideHowToGoOn", "rollback");
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
    }

    // --- tidy up

    @ParameterizedTest
    @ValueSource(strings = {"retry", "goOn"})
    void tidyingUpIsTriedAgainOrLeft(String decision) {
        start("alpha", "2.2.42");
        accept();
        verify("works");
        Task tidying = driver.task("decideHowToGoOn");
        assertThat(tidying.getPriority()).as("clients are served").isEqualTo(50);
        assertThat(tidying.getDueDate()).isNull();
        assertThat(driver.variable("decideHowToGoOn", "downSinceShown")).isNull();
        assertThat(driver.variable("decideHowToGoOn", "privateLink")).isNull();
        decide("decideHowToGoOn", decision);
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void tidyingUpLeavesACloneThatCannotBeGivenUp() {
        start("alpha", "2.2.16");
        accept();
        verifyOnly("works");
        driver.failWaiting("clone-dropped", "The archive of the storage was damaged.");
        assertThat(driver.variable("decideHowToGoOn", "options").toString()).contains("goOn");
        decideOnly("retry");
        driver.strikeTimeLimit("clone-dropped", "boundaryEvent_cloneTimeLimit");
        decide("decideHowToGoOn", "goOn");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    // --- technical faults

    @Test
    void passingTechnicalFaultNeedsNobody() {
        start("alpha", "2.2.43");
        accept();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void somebodyIsAskedOnlyWhenTheBalancerDoesNotComeBack() {
        start("alpha", "2.2.47");
        accept();
        assertThat(driver.variable("decideHowToGoOn", "failure").toString()).contains("container nginx isn't running");
        assertThat(history.createHistoricJobLogQuery()
                        .failureLog()
                        .activityIdIn("serviceTask_routeToMaintenancePage")
                        .count())
                .isEqualTo(6);
        decide("decideHowToGoOn", "retry");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void lastingTechnicalFaultBecomesATaskWhoseCompletionRetries() {
        start("alpha", "2.2.44");
        accept();
        assertThat(driver.variable("mendTechnicalIncident", "failedActivity")).isNotNull();
        driver.complete("otto", "mendTechnicalIncident", Map.of("mendComment", "restarted the container engine"));
        assertThat(history.createHistoricProcessInstanceQuery()
                        .processDefinitionKey("technical-incident")
                        .finished()
                        .count())
                .isPositive();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    void incidentTaskGoesAwayWhenTheJobIsRetriedElsewhere() {
        start("alpha", "2.2.44");
        accept();
        String job = (String) driver.variable("mendTechnicalIncident", "job");
        engine.getManagementService().setJobRetries(job, 1);
        driver.run();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(UPGRADED);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void everyFlowOfItsModelsWasTaken() {
        assertThat(coverage.missed(MODELS)).isEmpty();
    }

    // --- words

    private void start(String cluster, String version) {
        start(cluster, version, null);
    }

    private void startInWindow(String version) {
        opens = clock.instant()
                .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                .plus(java.time.Duration.ofHours(1));
        start("alpha", version, opens.toString());
    }

    private void start(String cluster, String version, String window) {
        Map<String, Object> form =
                new HashMap<>(Map.of("cluster", cluster, "targetVersion", version, "reason", "security fix"));
        if (window != null) {
            form.put("window", window);
        }
        instance = driver.start("olga", "version-upgrade", form);
        driver.run();
    }
}
