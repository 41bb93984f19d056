package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Step.after;
import static nocobase.procedures.campaign.Step.before;
import static nocobase.procedures.campaign.Step.during;
import static nocobase.procedures.campaign.Strike.at;

import java.time.Duration;
import java.util.stream.Stream;

/** The bounded form, part of every build: a few upgrades with many faults each. */
final class ShortForm {

    private static final Step VERIFICATION = during("verify-functionality", "userTask_verifyFunctionality");

    private ShortForm() {}

    static Stream<Plan> plans() {
        return Stream.of(engineKilled(), interference(), twoEngines());
    }

    private static Plan engineKilled() {
        return Plan.goodUpgrade(
                "the engine is killed at one step after another",
                0,
                at(before("suspend-service", "serviceTask_routeToMaintenancePage"), Faults.engineKilled()),
                at(during("suspend-service", "serviceTask_stopAllNodes"), Faults.engineKilled()),
                at(after("take-restore-point", "serviceTask_takeRestorePoint"), Faults.engineKilled()),
                at(during("start-first-node", "serviceTask_switchImageVersion"), Faults.engineKilled()),
                at(during("start-other-nodes", "serviceTask_startAllNodes"), Faults.engineKilled()));
    }

    private static Plan interference() {
        return Plan.goodUpgrade(
                "people, nodes, balancer and databases interfere",
                3,
                at(before("take-restore-point", "serviceTask_takeRestorePoint"), Faults.foreignSession()),
                at(VERIFICATION, Faults.intruder()),
                at(VERIFICATION, Faults.balancerDead(Duration.ofSeconds(1))),
                at(VERIFICATION, Faults.completedAtOnce()),
                at(
                        during("start-other-nodes", "receiveTask_waitUntilAllNodesAreReady"),
                        Faults.engineDatabaseAway(Duration.ofSeconds(8))),
                at(before("route-to-cluster", "serviceTask_routeToCluster"), Faults.balancerDeadUntilAsked()));
    }

    private static Plan twoEngines() {
        return Plan.goodUpgrade(
                        "one of two engines is killed",
                        3,
                        at(during("suspend-service", "serviceTask_stopAllNodes"), Faults.replicaKilled()))
                .withReplica();
    }
}
