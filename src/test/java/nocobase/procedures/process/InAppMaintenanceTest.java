package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.rehearsal.RehearsalFault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Work on the running application: one node serves, a person chooses what is done, every node restarts. */
@ProcessTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InAppMaintenanceTest extends ProcedureScenario {

    /** The models whose every flow is taken here. */
    static final Set<String> MODELS = Set.of(
            "in-app-maintenance",
            "reduce-to-one-node",
            "rejoin-first-node",
            "perform-work",
            "manage-restore-points",
            "take-online-restore-point",
            "prove-restore-point",
            "receive-restore-point",
            "prune-restore-points",
            "change-plugin");

    private static final String COMPLETED = "endEvent_maintenanceCompleted";
    private static final String REFUSED = "endEvent_maintenanceRefused";
    private static final String RESTORED = "endEvent_earlierStateRestored";

    private Cluster alpha;

    @BeforeEach
    void theCluster() {
        alpha = clusters.find("alpha");
    }

    // --- the happy path

    @Test
    void enablesAPluginOnOneNodeAndRestartsEveryNode() {
        start(true);
        assertThat(driver.variable("reviewPlan", "worksShown")).isEqualTo("manage plugins, then work manually");
        assertThat(driver.variable("reviewPlan", "restorePointPlan").toString()).contains("Take a restore point first");
        assertThat(driver.variable("reviewPlan", "versionsShown")).isEqualTo(" · NocoBase 2.2.15");
        accept();
        assertThat(driver.variable("chooseWork", "worksShown")).isEqualTo("manage plugins, then work manually");
        assertThat(nodes("alpha").stream().filter(Node::running))
                .extracting(Node::name)
                .containsExactly("app-1");
        work(plugin("enable", "map"));
        assertThat(driver.variable("chooseWork", "plugins").toString()).contains("map");
        assertThat(done("chooseWork")).contains("Plugin map 2.2.15 enabled. The other nodes load it when they start.");
        done();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
        assertServes("2.2.15");
        assertThat(alpha.application().plugins())
                .filteredOn(plugin -> plugin.is("map"))
                .allMatch(Plugin::enabled);
        assertThat(rehearsals.observe(alpha).texts())
                .containsSubsequence(
                        "route app-1",
                        "stop app-2",
                        "app-1 enable map done",
                        "start app-2 2.2.15",
                        "route app-2, app-3",
                        "stop app-1",
                        "start app-1 2.2.15",
                        "route app-1, app-2, app-3")
                .noneMatch(event -> event.startsWith("route maintenance"));
    }

    @Test
    void doesWhatIsChosenOneAfterTheOther() {
        startSecured();
        work(Map.of("work", "takeRestorePoint"));
        String taken = newest().id();
        work(Map.of("work", "proveRestorePoint", "restorePointChosen", taken));
        assertThat(done("chooseWork")).contains("Restore point taken: " + taken, "durable copy verified");
        RestorePoint.Proof proof =
                alpha.restorePoints().find(taken).orElseThrow().proof();
        assertThat(done("chooseWork"))
                .contains(
                        "Restore point %s proven: %d tables, %,d rows".formatted(taken, proof.tables(), proof.rows()));
        work(Map.of("work", "byHand"));
        driver.complete("olga", "workByHand", Map.of("handworkDone", "entered the licence key"));
        work(Map.of("work", "pruneRestorePoints"));
        driver.complete("olga", "reviewPruning", Map.of("pruneNow", false));
        assertThat(done("chooseWork")).contains("By hand: entered the licence key", "nothing was removed");
        work(Map.of("work", "pruneRestorePoints"));
        driver.complete("olga", "reviewPruning", Map.of("pruneNow", true));
        done();
        assertThat(done("verifyFunctionality")).contains("proven", "By hand", "no longer keeps was removed");
        String operation = operation();
        verify("works");
        assertThat(evidence.find(operation).orElseThrow()).contains("entered the licence key");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
    }

    @Test
    void beginsWithoutARestorePointIfAskedTo() {
        start(false);
        accept();
        assertThat(alpha.restorePoints().list()).isEmpty();
        done();
        assertThat(driver.variable("verifyFunctionality", "verdicts").toString())
                .doesNotContain("rollback");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
    }

    // --- refused

    @Test
    void refusesAClusterOfWhichOneNodeServes() {
        rehearsals.kill(alpha, "app-2");
        rehearsals.kill(alpha, "app-3");
        start(true);
        assertThat(driver.variable("decideHowToGoOn", "failure").toString()).contains("at least two");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
    }

    @Test
    void aPluginThatIsThereIsChosenFromAList() {
        startSecured();
        assertThat(driver.variable("chooseWork", "pluginOptions").toString())
                .contains("\"label\":\"workflow-sql 2.2.15\",\"value\":\"@nocobase/plugin-workflow-sql\"");
        work(Map.of("work", "plugin", "pluginAction", "disable", "pluginChosen", "@nocobase/plugin-workflow-sql"));
        assertThat(driver.variable("decideHowToGoOn", "failure").toString())
                .as("what is built in stays")
                .contains("@nocobase/plugin-workflow-sql is built into NocoBase");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    enable | map; reboot | ''                              | is not the name of a plugin
                    add    | map         | ''                              | is not a source
                    add    | ''          | http://example.org/x.tgz        | is not
                    add    | @a/hello    | storage/../../etc/x.tgz         | is not a source
                    enable | map         | @a/hello@1.0.0                  | it isn't asked
                    """)
    void refusesWorkThatCannotBeDoneWhileTheFormIsOpen(String action, String name, String source, String refusal) {
        startSecured();
        Map<String, Object> answers = new HashMap<>(plugin(action, name));
        answers.put("pluginSource", source);
        assertThatThrownBy(() -> driver.complete("olga", "chooseWork", answers)).hasMessageContaining(refusal);
        driver.task("chooseWork");
    }

    // --- the restore point before

    @ParameterizedTest
    @ValueSource(strings = {"retry", "abort"})
    void restorePointFirstIsTriedAgainOrEndsEverythingUntouched(String decision) {
        start(true);
        driver.acceptPlan("olga", false);
        driver.failWaiting("online-restore-point-taken", "no room");
        decide("decideHowToGoOn", decision);
        if (decision.equals("abort")) {
            assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        } else {
            driver.task("chooseWork");
        }
    }

    @Test
    void slowRestorePointStrikesItsTimeLimitAndIsLeftOut() {
        startSecured();
        workOnly(Map.of("work", "takeRestorePoint"));
        driver.strikeTimeLimit("online-restore-point-taken", "boundaryEvent_backupTimeLimit");
        decide("decideHowToGoOn", "goOn");
        driver.task("chooseWork");
    }

    // --- reduce to one

    @ParameterizedTest
    @CsvSource({
        "first-node-served, boundaryEvent_routeTimeLimit",
        "open-requests-ended, boundaryEvent_drainTimeLimit",
        "other-nodes-stopped, boundaryEvent_stopTimeLimit"
    })
    void reducingIsTriedAgain(String message, String timer) {
        start(false);
        driver.acceptPlan("olga", false);
        driver.failWaiting(message, "it failed");
        decideOnly("retry");
        driver.strikeTimeLimit(message, timer);
        decide("decideHowToGoOn", "retry");
        driver.task("chooseWork");
    }

    @Test
    void abortWhileReducingBringsEveryNodeBack() {
        start(false);
        driver.acceptPlan("olga", false);
        driver.failWaiting("other-nodes-stopped", "it failed");
        assertThat(driver.variable("decideHowToGoOn", "options").toString()).contains("every node serves again");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
        assertServes("2.2.15");
    }

    // --- the work

    @Test
    void failedChangeOfAPluginIsTriedAgain() {
        startSecured();
        rehearsals.order(alpha, RehearsalFault.PLUGIN_CHANGE_FAILS_ONCE);
        work(plugin("enable", "map"));
        decide("decideHowToGoOn", "retry");
        assertThat(driver.variable("chooseWork", "failure")).isNull();
        assertThat(alpha.application().plugins())
                .filteredOn(plugin -> plugin.is("map"))
                .allMatch(Plugin::enabled);
    }

    @Test
    void slowChangeOfAPluginIsLeftOut() {
        startSecured();
        workOnly(plugin("enable", "map"));
        driver.strikeTimeLimit("plugin-changed", "boundaryEvent_pluginTimeLimit");
        decide("decideHowToGoOn", "goOn");
        assertThat(driver.variable("chooseWork", "failure").toString()).contains("Plugin time limit");
        assertThat(done("chooseWork")).contains("Enable plugin map: could not be done. Plugin time limit");
        work(Map.of("work", "byHand"));
        driver.complete("olga", "workByHand", Map.of("handworkDone", "enabled it"));
        assertThat(driver.variable("chooseWork", "failure")).isNull();
    }

    @Test
    void proofIsTriedAgainAndLeftOut() {
        startSecured();
        Map<String, Object> prove = Map.of("work", "proveRestorePoint", "restorePointChosen", newest().id());
        rehearsals.order(alpha, RehearsalFault.PROOF_FAILS_ONCE);
        work(prove);
        decide("decideHowToGoOn", "retry");
        workOnly(prove);
        driver.strikeTimeLimit("restore-point-proved", "boundaryEvent_proofTimeLimit");
        decide("decideHowToGoOn", "goOn");
        driver.task("chooseWork");
    }

    @Test
    void pruningIsTriedAgainAndLeftOut() {
        startSecured();
        for (String decision : List.of("retry", "goOn")) {
            rehearsals.order(alpha, RehearsalFault.TIDY_UP_FAILS_ONCE);
            work(Map.of("work", "pruneRestorePoints"));
            driver.complete("olga", "reviewPruning", Map.of("pruneNow", true));
            decide("decideHowToGoOn", decision);
            driver.task("chooseWork");
        }
    }

    // --- another cluster's environment

    @Test
    void bringsTheEnvironmentOfAnotherClusterHere() {
        String offered = offer();
        startSecured();
        rehearsals.order(alpha, RehearsalFault.TRANSFER_FAILS_ONCE);
        work(Map.of("work", "receiveRestorePoint", "sourceRestorePoint", "guarded/" + offered));
        decide("decideHowToGoOn", "retry");
        assertThat(alpha.restorePoints().find(offered)).isPresent();
        restore(offered);
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
        assertServes("2.2.15");
    }

    @Test
    void newerEnvironmentIsNotTakenOver() {
        instance = driver.start(
                "olga", "version-upgrade", Map.of("cluster", "guarded", "targetVersion", "2.2.16", "reason", "needed"));
        driver.run();
        accept();
        driver.complete(
                "maria", "approveProcedure", Map.of("procedureApproved", true, "procedureApprovalComment", "go ahead"));
        verify("works");
        String offered = offer();
        startSecured();
        work(Map.of("work", "receiveRestorePoint", "sourceRestorePoint", "guarded/" + offered));
        assertThat(driver.variable("decideHowToGoOn", "failure").toString()).contains("2.2.16");
        decide("decideHowToGoOn", "goOn");
        assertThat(driver.variable("chooseWork", "failure").toString()).contains("2.2.16");
        assertThat(alpha.restorePoints().find(offered)).isEmpty();
    }

    @Test
    void slowTransferIsLeftOut() {
        String offered = offer();
        startSecured();
        workOnly(Map.of("work", "receiveRestorePoint", "sourceRestorePoint", "guarded/" + offered));
        driver.strikeTimeLimit("restore-point-received", "boundaryEvent_transferTimeLimit");
        decide("decideHowToGoOn", "goOn");
        driver.task("chooseWork");
    }

    // --- back to an earlier state

    @Test
    void restoreThatIsNotWantedAfterAllLeadsBackToTheWork() {
        startSecured();
        work(Map.of("work", "restore"));
        driver.complete("olga", "chooseWayBack", Map.of("wayBack", "none", "wayBackComment", "after all not"));
        done();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
        assertServes("2.2.15");
    }

    @Test
    void restoreWhoseImageIsMissingLeadsBackToTheWork() {
        startSecured();
        restore(newest().id());
        driver.complete(
                "maria", "approveRollback", Map.of("rollbackApproved", true, "approvalComment", "go ahead"), false);
        driver.failWaiting("target-image-present", "no such image");
        assertThat(driver.variable("decideHowToGoOn", "options").toString()).contains("nothing was touched");
        decide("decideHowToGoOn", "abort");
        done();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
    }

    @Test
    void rollsBackToTheRestorePointTakenFirst() {
        startSecured();
        String first = newest().id();
        work(plugin("enable", "map"));
        done();
        verify("rollback");
        assertThat(driver.variable("approveRollback", "loss").toString()).contains("will be missing");
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(RESTORED);
        assertServes("2.2.15");
        assertThat(rehearsals.observe(alpha).texts()).contains("restore " + first);
    }

    @Test
    void abandonedRestoreStaysBehindThePage() {
        startSecured();
        restore(newest().id());
        driver.complete(
                "maria", "approveRollback", Map.of("rollbackApproved", true, "approvalComment", "go ahead"), false);
        driver.failWaiting("first-node-ready", "APP_ERROR");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_leftBehindMaintenancePage");
    }

    @Test
    void whatThePlanReadIsKnownWhereAnEarlierStateIsChosen() {
        startSecured();
        work(Map.of("work", "restore"));
        assertThat(driver.variable("chooseWayBack", "recordedVersion")).isEqualTo("2.2.15");
        assertThat(driver.variable("chooseWayBack", "waysBack").toString())
                .contains("restore", "none")
                .doesNotContain("asIs");
    }

    @Test
    void clientsAreSentBackWhereTheServiceCannotBeSuspended() {
        suspensionFails();
        assertThat(driver.variable("decideHowToGoOn", "options").toString())
                .contains("sendBack", "nothing has been restored", "stays behind the maintenance page");
        decide("decideHowToGoOn", "sendBack");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
        assertServes("2.2.15");
        assertThat(rehearsals.observe(alpha).texts())
                .containsSubsequence("route maintenance", "route app-1", "start app-2 2.2.15")
                .noneMatch(event -> event.startsWith("restore "));
    }

    @Test
    void allNodesServeAgainAlsoWhereTheFirstOneCannotTakeClientsAtOnce() {
        suspensionFails();
        decideOnly("sendBack");
        driver.failWaiting("first-node-served", "it does not run");
        assertThat(driver.variable("decideHowToGoOn", "options").toString()).doesNotContain("abort");
        decide("decideHowToGoOn", "goOn");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
        assertServes("2.2.15");
    }

    private void suspensionFails() {
        startSecured();
        restore(newest().id());
        driver.complete(
                "maria", "approveRollback", Map.of("rollbackApproved", true, "approvalComment", "go ahead"), false);
        driver.failWaiting("open-requests-ended", "The balancer does not tell.");
    }

    // --- the other nodes join again

    @ParameterizedTest
    @CsvSource({
        "other-nodes-served, boundaryEvent_routeTimeLimit",
        "open-requests-ended, boundaryEvent_drainTimeLimit",
        "first-node-stopped, boundaryEvent_stopTimeLimit"
    })
    void rejoiningIsTriedAgain(String message, String timer) {
        start(false);
        accept();
        done();
        verifyOnly("works");
        driver.failWaiting(message, "it failed");
        decideOnly("retry");
        driver.strikeTimeLimit(message, timer);
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(COMPLETED);
    }

    @Test
    void abandonedRejoiningLeavesTheNodesThatServe() {
        start(false);
        accept();
        done();
        verifyOnly("works");
        driver.failWaiting("other-nodes-served", "it failed");
        assertThat(driver.variable("decideHowToGoOn", "options").toString()).contains("keep serving");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_leftOnTheNodesThatServe");
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void everyFlowOfItsModelsWasTaken() {
        assertThat(coverage.missed(MODELS)).isEmpty();
    }

    // --- words

    private void start(boolean restorePointFirst) {
        instance = driver.start(
                "olga",
                "in-app-maintenance",
                Map.of(
                        "cluster",
                        "alpha",
                        "works",
                        Json.of(List.of("plugins", "byHand")),
                        "details",
                        "enable map",
                        "reason",
                        "maps are wanted",
                        "restorePointFirst",
                        restorePointFirst));
        driver.run();
    }

    /** Up to the first choice of work, with a restore point. */
    private void startSecured() {
        start(true);
        accept();
    }

    private void work(Map<String, Object> answers) {
        driver.complete("olga", "chooseWork", answers);
    }

    private void workOnly(Map<String, Object> answers) {
        driver.complete("olga", "chooseWork", answers, false);
    }

    /** What the task says that was done so far. */
    private String done(String task) {
        return driver.variable(task, "remarks").toString();
    }

    private void done() {
        work(Map.of("work", "done"));
    }

    private static Map<String, Object> plugin(String action, String name) {
        return Map.of("work", "plugin", "pluginAction", action, "pluginName", name);
    }

    private void restore(String restorePoint) {
        work(Map.of("work", "restore"));
        driver.complete(
                "olga",
                "chooseWayBack",
                Map.of("wayBack", "restore", "restorePointChosen", restorePoint, "wayBackComment", "as agreed"));
    }

    private RestorePoint newest() {
        return alpha.restorePoints().list().get(0);
    }

    /** @return id of a restore point of the other cluster */
    private String offer() {
        OperationId id = OperationId.next("guarded");
        for (int look = 0; look < 200; look++) {
            if (clusters.find("guarded").restorePoints().takeOnline(id) instanceof Progress.Done<RestorePoint>) {
                return id.value();
            }
            clock.advance(java.time.Duration.ofSeconds(1));
        }
        throw new AssertionError("no restore point of the other cluster");
    }
}
