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
import nocobase.procedures.process.claim.Claims;
import nocobase.procedures.process.claim.NodeGuard;
import nocobase.procedures.process.wait.WatcherByHand;
import nocobase.procedures.rehearsal.Rehearsals;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** What the process tests share: one rehearsal cluster each, the people, and what they answer. */
public abstract class ProcedureScenario {

    @Autowired
    public ProcessEngine engine;

    @Autowired
    public RuntimeService runtime;

    @Autowired
    public HistoryService history;

    @Autowired
    public WatcherByHand watcher;

    @Autowired
    public MovableClock clock;

    @Autowired
    public Clusters clusters;

    @Autowired
    public Rehearsals rehearsals;

    @Autowired
    public Claims claims;

    @Autowired
    public Decisions decisions;

    @Autowired
    public Evidence evidence;

    @Autowired
    public Downtimes downtimes;

    @Autowired
    public JdbcTemplate jdbc;

    @Autowired
    public NodeGuard guard;

    @Autowired
    public FlowCoverage coverage;

    public ProcessDriver driver;
    /** The procedure under test. */
    public String instance;

    @BeforeEach
    public void begin() {
        driver = new ProcessDriver(engine, watcher, clock).guardedBy(guard);
        driver.clear();
        clusters.all().forEach(rehearsals::reset);
        jdbc.update("delete from downtime");
        jdbc.update("delete from run_measure");
    }

    @AfterEach
    public void end() {
        driver.clear();
        assertThat(claims.all()).isEmpty();
        clusters.all()
                .forEach(cluster ->
                        assertThat(rehearsals.observe(cluster).violations()).isEmpty());
    }

    public String operation() {
        return runtime.createProcessInstanceQuery()
                .processInstanceId(instance)
                .singleResult()
                .getBusinessKey();
    }

    public void accept() {
        driver.acceptPlan("olga", true);
    }

    public void tasksOnlyAccept() {
        driver.acceptPlan("olga", false);
    }

    public void verify(String verdict) {
        driver.complete("otto", "verifyFunctionality", verdict(verdict));
    }

    public void verifyOnly(String verdict) {
        driver.complete("otto", "verifyFunctionality", verdict(verdict), false);
    }

    public static Map<String, Object> verdict(String verdict) {
        return Map.of("verification", verdict, "verificationComment", "Looked at the main pages");
    }

    public void decide(String task, String decision) {
        driver.complete("otto", task, Map.of("decision", decision, "decisionComment", "as agreed"));
    }

    public void decideOnly(String decision) {
        driver.complete("otto", "decideHowToGoOn", Map.of("decision", decision, "decisionComment", "as agreed"), false);
    }

    public void approveRollback() {
        driver.complete("maria", "approveRollback", Map.of("rollbackApproved", true, "approvalComment", "go ahead"));
    }

    public List<Node> nodes(String cluster) {
        return clusters.find(cluster).runtime().observe().nodes();
    }

    public void assertServes(String version) {
        Cluster cluster = clusters.find("alpha");
        assertThat(cluster.runtime().observe().nodes()).allSatisfy(node -> {
            assertThat(node.running()).isTrue();
            assertThat(cluster.application().ready(node, Version.parse(version)))
                    .isInstanceOf(nocobase.procedures.cluster.Progress.Done.class);
        });
    }
}
