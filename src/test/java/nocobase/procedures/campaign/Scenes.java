package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Step.before;
import static nocobase.procedures.campaign.Step.during;
import static nocobase.procedures.campaign.Strike.at;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import nocobase.procedures.campaign.DockerDoor.Mode;
import nocobase.procedures.campaign.Stage.Setting;

/** Faults at the steps where they tell something. */
final class Scenes {

    private static final Duration OUTAGE = Duration.ofSeconds(10);
    private static final Step STOP = during("suspend-service", "serviceTask_stopAllNodes");
    private static final Step TAKE = before("take-restore-point", "serviceTask_takeRestorePoint");
    private static final Step TAKING = during("take-restore-point", "receiveTask_waitUntilRestorePointIsTaken");
    private static final Step SWITCH = during("start-first-node", "serviceTask_switchImageVersion");
    private static final Step START_ONE = during("start-first-node", "serviceTask_startOneNode");
    private static final Step FIRST = during("start-first-node", "receiveTask_waitUntilFirstNodeIsReady");
    private static final Step VERIFICATION = during("verify-functionality", "userTask_verifyFunctionality");
    private static final Step START_ALL = during("start-other-nodes", "serviceTask_startAllNodes");
    private static final Step OTHERS = during("start-other-nodes", "receiveTask_waitUntilAllNodesAreReady");
    private static final Step ROUTE = before("route-to-cluster", "serviceTask_routeToCluster");

    private Scenes() {}

    static Stream<Plan> plans() {
        return Stream.of(machine(), nodes(), databases(), balancers(), engines())
                .flatMap(plans -> plans);
    }

    private static Plan upgrade(String title, Strike... strikes) {
        return Plan.goodUpgrade(title, LongForm.RETRIES, strikes);
    }

    private static Stream<Plan> machine() {
        return Stream.of(
                docker("Docker slow", Mode.SLOW),
                docker("Docker silent", Mode.SILENT),
                docker("Docker in errors", Mode.ERRORS),
                docker("Docker gone", Mode.GONE),
                upgrade("the daemon restarts with its containers while the page is served", at(STOP, restarted())),
                upgrade(
                        "the daemon restarts with its containers",
                        at(TAKING, restarted()),
                        at(FIRST, restarted()),
                        at(VERIFICATION, restarted()),
                        at(OTHERS, restarted())),
                upgrade(
                        "memory ends",
                        at(FIRST, MachineFaults.outOfMemory()),
                        at(OTHERS, MachineFaults.outOfMemory())));
    }

    private static Fault restarted() {
        return MachineFaults.daemonRestarted(OUTAGE);
    }

    private static Plan docker(String title, Mode mode) {
        return upgrade(
                title,
                Stream.of(STOP, TAKE, SWITCH, START_ONE, FIRST, START_ALL, OTHERS)
                        .map(step -> at(step, Faults.docker(mode, OUTAGE)))
                        .toArray(Strike[]::new));
    }

    private static Stream<Plan> nodes() {
        Step restoring = during("restore-databases", "serviceTask_restoreDatabases");
        return Stream.of(
                Plan.faultyUpgrade(
                        "garbage, and the engine killed while it restores",
                        "garbage",
                        at(restoring, Faults.engineKilled())),
                Plan.faultyUpgrade(
                        "a fatal state, and the engine killed while it restores",
                        "broken-migration",
                        at(restoring, Faults.engineKilled())),
                Plan.faultyUpgrade("a start that never ends", "never-ready"),
                Plan.faultyUpgrade("a node that exits at once", "exits"),
                Plan.faultyUpgrade("one of the others never ready", "broken-nodes"),
                new Plan(
                        "a version that ignores SIGTERM comes",
                        "version-upgrade",
                        Setting.SERVED,
                        stage -> Map.of("targetVersion", stage.images.faulty("ignores-sigterm")),
                        0,
                        java.util.List.of(),
                        "versionUpgraded"),
                upgrade("a version that ignores SIGTERM goes"),
                upgrade("nodes killed", at(FIRST, Faults.nodeKilled()), at(OTHERS, Faults.nodeKilled())),
                upgrade("nodes stuck", at(FIRST, Faults.nodeStuck(OUTAGE)), at(OTHERS, Faults.nodeStuck(OUTAGE))),
                upgrade("deleted while the first node starts", at(FIRST, Faults.instanceDeleted()))
                        .endingAnyhow());
    }

    private static Stream<Plan> databases() {
        return Stream.of(
                upgrade(
                        "NocoBase's database away",
                        at(STOP, Faults.nocoBasesDatabaseAway(OUTAGE)),
                        at(TAKE, Faults.nocoBasesDatabaseAway(OUTAGE)),
                        at(FIRST, Faults.nocoBasesDatabaseAway(OUTAGE)),
                        at(OTHERS, Faults.nocoBasesDatabaseAway(OUTAGE))),
                upgrade(
                        "the database server slow",
                        at(TAKE, DatabaseFaults.slow(OUTAGE)),
                        at(FIRST, DatabaseFaults.slow(OUTAGE)),
                        at(OTHERS, DatabaseFaults.slow(OUTAGE))),
                upgrade("no privileges", at(TAKE, DatabaseFaults.withoutPrivileges())),
                upgrade(
                        "the engine's database away for a minute",
                        at(FIRST, Faults.engineDatabaseAway(Duration.ofSeconds(60)))),
                upgrade(
                                "disks full",
                                at(TAKE, DatabaseFaults.diskFull()),
                                at(
                                        before("take-restore-point", "serviceTask_secureRestorePoint"),
                                        DatabaseFaults.restorePointsFull()))
                        .on(Setting.SMALL_DISKS),
                upgrade("no room for the storage archive", at(TAKE, DatabaseFaults.restorePointsFull()))
                        .on(Setting.SMALL_DISKS),
                upgrade(
                        "the durable copy cut short after it was verified",
                        at(VERIFICATION, DatabaseFaults.dumpTruncated())),
                upgrade("one bit of the durable copy altered", at(VERIFICATION, DatabaseFaults.bitFlipped())));
    }

    private static Stream<Plan> balancers() {
        return Stream.of(
                upgrade("nginx refuses its configuration", at(ROUTE, BalancerFaults.reloadRefused())),
                upgrade(
                        "the balancer's owner works on it",
                        at(
                                before("suspend-service", "serviceTask_routeToMaintenancePage"),
                                BalancerFaults.editedByHand()),
                        at(VERIFICATION, BalancerFaults.recreated()),
                        at(ROUTE, BalancerFaults.editedByHand())));
    }

    private static Stream<Plan> engines() {
        return Stream.of(
                upgrade("a new build while the first node starts", at(FIRST, EngineFaults.newBuild())),
                upgrade("the engine's clock runs ahead", at(FIRST, EngineFaults.clockMoved(Duration.ofHours(2)))),
                upgrade("the engine's clock runs behind", at(FIRST, EngineFaults.clockMoved(Duration.ofHours(-2)))));
    }
}
