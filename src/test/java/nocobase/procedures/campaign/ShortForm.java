package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Step.after;
import static nocobase.procedures.campaign.Step.before;
import static nocobase.procedures.campaign.Step.during;
import static nocobase.procedures.campaign.Strike.at;

import java.time.Duration;
import java.util.stream.Stream;

/** The bounded form, part of every build: a few upgrades with many faults each. */
final class ShortForm {

    private static final Step FIRST_STARTS = during("start-first-node", "receiveTask_waitUntilFirstNodeIsReady");
    private static final Step VERIFICATION = during("verify-functionality", "userTask_verifyFunctionality");

    private ShortForm() {}

    static Stream<Plan> plans() {
        return Stream.of(deleted(), garbage(), engineKilled(), interference(), twoEngines());
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
                at(FIRST_STARTS, Faults.nodeKilled()),
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
                        "one of two engines is killed; a node is stuck",
                        3,
                        at(during("suspend-service", "serviceTask_stopAllNodes"), Faults.replicaKilled()),
                        at(FIRST_STARTS, Faults.nodeStuck(Duration.ofSeconds(3))))
                .withReplica();
    }

    private static Plan garbage() {
        return Plan.faultyUpgrade(
                "the new version answers garbage, and is rolled back",
                "garbage",
                at(during("restore-databases", "serviceTask_restoreDatabases"), Faults.engineKilled()));
    }

    private static Plan deleted() {
        return Plan.goodUpgrade("the instance is deleted in the middle", 1, at(FIRST_STARTS, Faults.instanceDeleted()))
                .endingAnyhow();
    }
}
