package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Step.after;
import static nocobase.procedures.campaign.Step.before;
import static nocobase.procedures.campaign.Step.during;
import static nocobase.procedures.campaign.Strike.at;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import nocobase.procedures.Requires;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The bounded form of the fault campaign: one cluster goes through upgrades in which something breaks at one step after
 * another, and after each of them everything that must hold is looked at. The tests may run in any order.
 */
@Requires("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultCampaignIT {

    private Stage stage;
    private final Report report = new Report();

    @BeforeAll
    void build() {
        stage = new Stage(true);
    }

    @AfterAll
    void remove() {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void anEngineThatIsKilledAtOneStepAfterAnother() {
        Run run = upgrade(
                stage.images.good(),
                0,
                at(before("suspend-service", "serviceTask_routeToMaintenancePage"), Faults.engineKilled()),
                at(during("suspend-service", "serviceTask_stopAllNodes"), Faults.engineKilled()),
                at(after("take-restore-point", "serviceTask_takeRestorePoint"), Faults.engineKilled()),
                at(during("start-first-node", "serviceTask_switchImageVersion"), Faults.engineKilled()),
                at(during("start-first-node", "receiveTask_waitUntilFirstNodeIsReady"), Faults.engineKilled()),
                at(during("start-other-nodes", "serviceTask_startAllNodes"), Faults.engineKilled()),
                at(during("route-to-cluster", "serviceTask_routeToCluster"), Faults.engineKilled()));
        assertThat(run.go(report)).isEmpty();
        assertThat(run.end()).isEqualTo("versionUpgraded");
    }

    @Test
    void peopleAndContainersThatInterfere() {
        Run run = upgrade(
                stage.images.good(),
                3,
                at(before("take-restore-point", "serviceTask_takeRestorePoint"), Faults.foreignSession()),
                at(during("start-first-node", "receiveTask_waitUntilFirstNodeIsReady"), Faults.nodeKilled()),
                at(during("verify-functionality", "userTask_verifyFunctionality"), Faults.intruder()),
                at(
                        during("verify-functionality", "userTask_verifyFunctionality"),
                        Faults.balancerDead(Duration.ofSeconds(1))),
                at(during("verify-functionality", "userTask_verifyFunctionality"), Faults.completedAtOnce()),
                at(
                        during("start-other-nodes", "receiveTask_waitUntilAllNodesAreReady"),
                        Faults.engineDatabaseAway(Duration.ofSeconds(8))),
                at(before("route-to-cluster", "serviceTask_routeToCluster"), Faults.balancerDeadUntilAsked()));
        assertThat(run.go(report)).isEmpty();
        assertThat(run.end()).isEqualTo("versionUpgraded");
    }

    private Run upgrade(String version, int retries, Strike... strikes) {
        return new Run(stage, "version-upgrade", Map.of("targetVersion", version), retries, List.of(strikes));
    }
}
