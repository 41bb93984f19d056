package nocobase.procedures.process.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nocobase.procedures.MovableClock;
import nocobase.procedures.audit.Evidence;
import nocobase.procedures.audit.Remark;
import nocobase.procedures.audit.Remarks;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.process.ProcessDriver;
import nocobase.procedures.process.ProcessTest;
import nocobase.procedures.process.claim.NodeLimits.NodeLimit;
import nocobase.procedures.process.wait.WatcherByHand;
import nocobase.procedures.rehearsal.Rehearsals;
import org.camunda.bpm.engine.ProcessEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Nodes that somebody starts while none or only one may run, during a real upgrade of the rehearsal cluster. */
@ProcessTest
class NodeGuardTest {

    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

    @Autowired
    private ProcessEngine engine;

    @Autowired
    private WatcherByHand watcher;

    @Autowired
    private MovableClock clock;

    @Autowired
    private Clusters clusters;

    @Autowired
    private Rehearsals rehearsals;

    @Autowired
    private NodeGuard guard;

    @Autowired
    private NodeLimits limits;

    @Autowired
    private Remarks remarks;

    @Autowired
    private Evidence evidence;

    private ProcessDriver driver;
    private String instance;
    private Cluster alpha;

    @BeforeEach
    void begin() {
        driver = new ProcessDriver(engine, watcher, clock).guardedBy(guard);
        driver.clear();
        alpha = clusters.find("alpha");
        rehearsals.reset(alpha);
    }

    @AfterEach
    void end() {
        driver.clear();
        assertThat(limits.all()).isEmpty();
    }

    @Test
    void limitsTheNodesExactlyWhileNoneOrOneMayRun() {
        startUpgrade("2.2.16");
        assertThat(limits.all()).isEmpty();
        driver.acceptPlan("olga", false);
        driver.runUntilWaitingFor("all-nodes-stopped");
        assertThat(limits.all()).as("they are being stopped").isEmpty();
        driver.runUntilWaitingFor("restore-point-taken");
        assertThat(sizes()).containsExactly("NONE");
        driver.runUntilWaitingFor("first-node-ready");
        assertThat(sizes()).containsExactly("FIRST");
        driver.run();
        driver.complete("otto", "verifyFunctionality", works(), false);
        driver.runUntilWaitingFor("all-nodes-ready");
        assertThat(limits.all()).as("the others start").isEmpty();
        driver.run();
        assertThat(remarks.of(operation())).isEmpty();
    }

    @Test
    void stopsAnIntruderWhileAPersonVerifies() {
        runToVerification();
        rehearsals.startByHand(alpha, "app-3");
        driver.lookOut();
        assertThat(rehearsals.observe(alpha).texts()).endsWith("start app-3 2.2.16", "stop app-3");
        assertThat(running()).as("being stopped counts as running").contains("app-3");
        clock.advance(Duration.ofSeconds(5));
        assertThat(running()).containsExactly("app-1");
        driver.lookOut();

        assertThat(remarks.of(operation()))
                .extracting(Remark::text)
                .containsExactly("Node app-3 was started by somebody else while only the first node may run. It was"
                        + " told to stop.");
    }

    @Test
    void showsTheIntruderInTheNextTaskAndInTheEvidence() {
        runToVerification();
        rehearsals.startByHand(alpha, "app-2");
        driver.lookOut();
        driver.complete(
                "otto", "verifyFunctionality", Map.of("verification", "troubleshoot", "verificationComment", "odd"));
        assertThat(driver.variable("troubleshoot", "remarks").toString())
                .contains("app-2 was started by somebody else");
        String operation = operation();
        driver.complete("otto", "troubleshoot", Map.of("troubleshootComment", "somebody was at it"));
        driver.complete("otto", "verifyFunctionality", works());
        assertThat(evidence.find(operation).orElseThrow()).contains("Remarks", "app-2 was started by somebody else");
        assertThat(rehearsals.observe(alpha).allReady()).isTrue();
    }

    @Test
    void stopsEveryNodeWhileNoneMayRun() {
        startUpgrade("2.2.20");
        driver.acceptPlan("olga", true);
        driver.task("decideHowToGoOn");
        rehearsals.startByHand(alpha, "app-1");
        rehearsals.startByHand(alpha, "app-2");
        driver.lookOut();
        clock.advance(Duration.ofSeconds(5));
        assertThat(running()).isEmpty();
        assertThat(remarks.of(operation()))
                .extracting(Remark::text)
                .hasSize(2)
                .allMatch(text -> text.contains("while no node may run"));
    }

    /** A step of the procedure stops it too, and may be quicker than the guard. */
    @Test
    void reportsAlsoAnIntruderThatWasStoppedBeforeTheNextLook() {
        runToVerification();
        driver.lookOut();
        rehearsals.startByHand(alpha, "app-3");
        rehearsals.kill(alpha, "app-3");
        driver.lookOut();
        assertThat(remarks.of(operation())).hasSize(1);
        driver.lookOut();
        assertThat(remarks.of(operation())).as("once").hasSize(1);
    }

    @Test
    void anotherEngineInstanceGoesOnWithoutReportingTwice() {
        runToVerification();
        NodeGuard other = new NodeGuard(limits, clusters, remarks, operation -> true, clock);
        rehearsals.startByHand(alpha, "app-3");
        driver.lookOut();
        other.limits().forEach(other::look);
        assertThat(remarks.of(operation())).hasSize(1);
        clock.advance(HALF_A_SECOND);
        rehearsals.startByHand(alpha, "app-3");
        other.limits().forEach(other::look);
        assertThat(remarks.of(operation())).hasSize(2);
    }

    /** A rollback puts the containers of the version before back, which were last started when that was in use. */
    @Test
    void aContainerThatWasPutBackWasNotStarted() {
        runToVerification();
        NodeLimit limit = limits.all().get(0);
        ClusterRuntime runtime = mock(ClusterRuntime.class);
        Clusters other = mock(Clusters.class);
        when(other.find("alpha")).thenReturn(new Cluster("alpha", null, runtime, null, null, null, null));
        NodeGuard looking = new NodeGuard(limits, other, remarks, operation -> true, clock);
        Instant now = clock.instant();
        when(runtime.beyond(any()))
                .thenReturn(
                        List.of(stopped("app-2", null), stopped("app-3", now.minusSeconds(5))),
                        List.of(stopped("app-2", now.minusSeconds(900)), stopped("app-3", now.minusSeconds(900))),
                        List.of(stopped("app-2", now.plusSeconds(1)), stopped("app-3", now.minusSeconds(900))));
        looking.look(limit);
        looking.look(limit);
        assertThat(remarks.of(operation())).isEmpty();
        looking.look(limit);
        assertThat(remarks.of(operation()))
                .singleElement()
                .satisfies(remark -> assertThat(remark.text()).contains("Node app-2 was started by somebody else"));
    }

    private static Node stopped(String name, Instant startedAt) {
        return new Node(name, NodeState.STOPPED, "nocobase:2", null, false, null, startedAt);
    }

    /** What one look saw is not acted upon when the nodes may run by the time it acts. */
    @Test
    void neverStopsANodeThatMayRunByNow() {
        runToVerification();
        OperationId operation = new OperationId(operation());
        NodeLimit seen = limits.all().get(0);
        limits.lift(operation);
        rehearsals.startByHand(alpha, "app-3");
        guard.look(seen);
        assertThat(running()).containsExactly("app-1", "app-3");
        limits.firstOnly(operation);
        guard.look(seen);
        assertThat(running()).as("a new limit is another limit").containsExactly("app-1", "app-3");
        assertThat(remarks.of(operation())).isEmpty();
    }

    private void runToVerification() {
        startUpgrade("2.2.16");
        driver.acceptPlan("olga", true);
        driver.task("verifyFunctionality");
    }

    private void startUpgrade(String version) {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of("cluster", "alpha", "targetVersion", version, "reason", "security fix"));
        driver.run();
    }

    private static Map<String, Object> works() {
        return Map.of("verification", "works", "verificationComment", "Looked at the main pages.");
    }

    private String operation() {
        return engine.getHistoryService()
                .createHistoricProcessInstanceQuery()
                .processInstanceId(instance)
                .singleResult()
                .getBusinessKey();
    }

    private List<String> sizes() {
        return limits.all().stream().map(limit -> limit.size().name()).toList();
    }

    private List<String> running() {
        return alpha.runtime().observe().running().stream().map(Node::name).toList();
    }
}
