package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import nocobase.procedures.MovableClock;
import nocobase.procedures.audit.Decisions;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.audit.Evidence;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.rehearsal.RehearsalClusters;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the process tests share: one rehearsal cluster each, the people, and what they answer. */
abstract class ProcedureScenario {

    @Autowired
    ProcessEngine engine;

    @Autowired
    RuntimeService runtime;

    @Autowired
    HistoryService history;

    @Autowired
    ConditionWatcher watcher;

    @Autowired
    MovableClock clock;

    @Autowired
    Clusters clusters;

    @Autowired
    RehearsalClusters rehearsals;

    @Autowired
    Claims claims;

    @Autowired
    Decisions decisions;

    @Autowired
    Evidence evidence;

    @Autowired
    Downtimes downtimes;

    @Autowired
    JdbcTemplate jdbc;

    @Autowired
    NodeGuard guard;

    @Autowired
    FlowCoverage coverage;

    ProcessDriver driver;
    /** The procedure under test. */
    String instance;

    @BeforeEach
    void begin() {
        driver = new ProcessDriver(engine, watcher, clock).guardedBy(guard);
        driver.clear();
        clusters.all().forEach(rehearsals::reset);
        jdbc.update("delete from downtime");
        jdbc.update("delete from run_measure");
    }

    @AfterEach
    void end() {
        driver.clear();
        assertThat(claims.all()).isEmpty();
        clusters.all()
                .forEach(cluster ->
                        assertThat(rehearsals.observe(cluster).violations()).isEmpty());
    }

    String operation() {
        return runtime.createProcessInstanceQuery()
                .processInstanceId(instance)
                .singleResult()
                .getBusinessKey();
    }

    void accept() {
        driver.acceptPlan("olga", true);
    }

    void tasksOnlyAccept() {
        driver.acceptPlan("olga", false);
    }

    void verify(String verdict) {
        driver.complete("otto", "verifyFunctionality", verdict(verdict));
    }

    void verifyOnly(String verdict) {
        driver.complete("otto", "verifyFunctionality", verdict(verdict), false);
    }

    static Map<String, Object> verdict(String verdict) {
        return Map.of("verification", verdict, "verificationComment", "Looked at the main pages");
    }

    void decide(String task, String decision) {
        driver.complete("otto", task, Map.of("decision", decision, "decisionComment", "as agreed"));
    }

    void decideOnly(String decision) {
        driver.complete("otto", "decideHowToGoOn", Map.of("decision", decision, "decisionComment", "as agreed"), false);
    }

    void approveRollback() {
        driver.complete("maria", "approveRollback", Map.of("rollbackApproved", true, "approvalComment", "go ahead"));
    }

    List<Node> nodes(String cluster) {
        return clusters.find(cluster).runtime().observe().nodes();
    }

    void assertServes(String version) {
        Cluster cluster = clusters.find("alpha");
        assertThat(cluster.runtime().observe().nodes()).allSatisfy(node -> {
            assertThat(node.running()).isTrue();
            assertThat(cluster.application().ready(node, Version.parse(version)))
                    .isInstanceOf(nocobase.procedures.cluster.Progress.Done.class);
        });
    }
}
