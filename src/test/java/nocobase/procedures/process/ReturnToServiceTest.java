package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.Node;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From whatever an upgrade left behind back into service. */
@ProcessTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReturnToServiceTest extends ProcedureScenario {

    /** The models whose every flow is taken here. */
    static final Set<String> MODELS = Set.of("return-to-service", "choose-way-back", "bring-back");

    private static final String BACK = "endEvent_clusterBackInService";
    private static final String REFUSED = "endEvent_returnRefused";

    @Test
    void bringsTheUpgradedVersionIntoServiceWhereTheRouteWasAbandoned() {
        abandonedRoute();
        returnToService();
        choose("asIs");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(BACK);
        assertServes("2.2.23");
    }

    @Test
    void bringsBackARestorePointThatAManagerApproved() {
        String restorePoint = abandonedRoute();
        returnToService();
        assertThat(driver.variable("chooseWayBack", "restorePointOptions").toString())
                .contains(restorePoint, "2.2.15");
        chooseRestore(restorePoint);
        assertThat(driver.variable("approveRollback", "loss").toString()).contains("will be missing");
        assertThat(driver.variable("approveRollback", "versionBack")).isEqualTo("2.2.15");
        approveRollback();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(BACK);
        assertServes("2.2.15");
    }

    @Test
    void asksAgainWhenTheRestoreWasRejected() {
        String restorePoint = abandonedRoute();
        returnToService();
        chooseRestore(restorePoint);
        driver.complete("maria", "approveRollback", Map.of("rollbackApproved", false, "approvalComment", "not yet"));
        assertThat(driver.variable("chooseWayBack", "approvalComment")).isEqualTo("not yet");
        choose("asIs");
        verify("works");
        assertServes("2.2.23");
    }

    @Test
    void endsAfterAProcedureWasDeletedInTheMiddle() {
        start("2.2.16");
        accept();
        runtime.deleteProcessInstance(instance, "deleted in Cockpit", true);
        assertThat(nodes("alpha").stream().filter(Node::running)).hasSize(1);
        returnToService();
        choose("asIs");
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(BACK);
        assertServes("2.2.16");
    }

    /** Migrations may have been applied in part: the recorded version fits the data no more. */
    @Test
    void finishesAnUpgradeThatWasDeletedInTheMiddle() {
        start("2.2.17");
        accept();
        runtime.deleteProcessInstance(instance, "deleted in Cockpit", true);
        returnToService();
        assertThat(driver.variable("chooseWayBack", "waysBack").toString())
                .contains("finish", "2.2.17")
                .doesNotContain("asIs");
        choose("finish");
        // It is broken, so what is left is to stay behind the page and to choose the restore point.
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_returnAbandoned");
    }

    /** What comes back need not work either: the choice is open again, also for the same restore point. */
    @Test
    void choosesAnotherWayWhenWhatCameBackDoesNotWork() {
        String restorePoint = abandonedRoute();
        returnToService();
        choose("asIs");
        verify("otherWay");
        assertThat(driver.variable("chooseWayBack", "clientsSee").toString()).contains("503");
        assertThat(driver.variable("chooseWayBack", "holdings").toString()).contains(restorePoint);
        choose("none");
        assertThat(driver.variable("verifyFunctionality", "version")).isEqualTo("2.2.23");
        verify("otherWay");
        driver.complete("olga", "chooseWayBack", Map.of("wayBack", "asIs", "wayBackComment", "once more"), false);
        driver.failWaiting("target-image-present", "no such image");
        decide("decideHowToGoOn", "abort");
        for (int time = 0; time < 2; time++) {
            chooseRestore(restorePoint);
            approveRollback();
            assertThat(driver.variable("verifyFunctionality", "version")).isEqualTo("2.2.15");
            if (time == 0) {
                verify("otherWay");
            }
        }
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo(BACK);
        assertServes("2.2.15");
        assertThat(rehearsals.observe(clusters.find("alpha")).texts().stream()
                        .filter(("restore " + restorePoint)::equals))
                .hasSize(2);
    }

    @Test
    void touchesNothingWhenNoWayIsChosen() {
        abandonedRoute();
        returnToService();
        choose("none");
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        assertThat(claims.find("alpha")).isEmpty();
    }

    /**
     * Nobody knows here how the nodes were before: that every node serves again is not promised. Nor does the end say that
     * clients are behind the page; whether they are, the downtime says.
     */
    @Test
    void promisesNobodyThatEveryNodeServesAgain() {
        start("2.2.16");
        accept();
        runtime.deleteProcessInstance(instance, "deleted in Cockpit", true);
        returnToService();
        driver.complete("olga", "chooseWayBack", Map.of("wayBack", "asIs", "wayBackComment", "as it is"), false);
        driver.failWaiting("all-nodes-stopped", "app-2 does not stop");
        assertThat(driver.variable("decideHowToGoOn", "options").toString())
                .contains("the cluster stays behind the maintenance page (503), everything is kept")
                .doesNotContain("sendBack");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_returnAbandoned");
        assertThat(downtimes.lasting("alpha").orElseThrow().left().outcome()).isEqualTo("Return abandoned");
    }

    @ParameterizedTest
    @ValueSource(strings = {"retry", "abort"})
    void triesAgainOrStaysBehindThePage(String decision) {
        abandonedRoute();
        returnToService();
        choose("asIs");
        driver.clear();
        returnToService();
        driver.complete("olga", "chooseWayBack", Map.of("wayBack", "asIs", "wayBackComment", "as it is"), false);
        driver.failWaiting("first-node-ready", "APP_ERROR");
        decide("decideHowToGoOn", decision);
        if (decision.equals("retry")) {
            verify("works");
            assertThat(driver.endOf(instance)).isEqualTo(BACK);
        } else {
            assertThat(driver.endOf(instance)).isEqualTo("endEvent_returnAbandoned");
        }
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void everyFlowOfItsModelsWasTaken() {
        assertThat(coverage.missed(MODELS)).isEmpty();
    }

    // --- words

    /** @return the restore point that the upgrade left */
    private String abandonedRoute() {
        start("2.2.23");
        String operation = operation();
        accept();
        verify("works");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_upgradeLeftBehindMaintenancePage");
        return operation;
    }

    private void start(String version) {
        instance = driver.start(
                "olga", "version-upgrade", Map.of("cluster", "alpha", "targetVersion", version, "reason", "needed"));
        driver.run();
    }

    private void returnToService() {
        instance = driver.start("olga", "return-to-service", Map.of("cluster", "alpha", "reason", "bring it back"));
        driver.run();
        accept();
    }

    private void choose(String way) {
        driver.complete("olga", "chooseWayBack", Map.of("wayBack", way, "wayBackComment", "as agreed"));
    }

    private void chooseRestore(String restorePoint) {
        driver.complete(
                "olga",
                "chooseWayBack",
                Map.of("wayBack", "restore", "restorePointChosen", restorePoint, "wayBackComment", "data are wrong"));
    }
}
