package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.rehearsal.RehearsalFault;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A new cluster, a half-finished one, and everything that may go wrong before it serves. */
@ProcessTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FirstStartTest extends ProcedureScenario {

    /** The models whose every flow is taken here. */
    static final Set<String> MODELS = Set.of("first-start", "enable-plugins", "set-database-aside");

    private static final String STARTED = "endEvent_clusterStarted";
    private static final String REFUSED = "endEvent_firstStartRefused";
    private static final String LEFT = "endEvent_leftBehindMaintenancePage";

    private Cluster alpha;

    @BeforeEach
    void beginNeverStarted() {
        alpha = clusters.find("alpha");
        rehearsals.resetToNeverStarted(alpha);
    }

    @Test
    void startsTheOtherNodesOnlyAfterTheFirstIsReadyWithItsPlugins() {
        start();
        accept();
        assertThat(driver.endOf(instance)).isEqualTo(STARTED);
        assertServes("2.2.15");
        List<String> events = rehearsals.observe(alpha).texts();
        assertThat(events)
                .containsSubsequence(
                        "start app-1 2.2.15",
                        "app-1 ready",
                        "app-1 enable map done",
                        "stop app-1",
                        "app-1 ready",
                        "start app-2 2.2.15");
        assertThat(alpha.application().plugins())
                .filteredOn(
                        plugin -> alpha.settings().requiredPlugins().stream().anyMatch(plugin::is))
                .isNotEmpty()
                .allMatch(Plugin::enabled)
                .allMatch(Plugin::installed);
        assertThat(claims.find("alpha")).isEmpty();
    }

    @Test
    void endsWithoutTouchingAnythingWhenThePlanIsDeclined() {
        start();
        driver.complete("olga", "reviewPlan", Map.of("planAccepted", false));
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
        assertThat(nodes("alpha")).noneMatch(nocobase.procedures.cluster.Node::running);
    }

    @Test
    void refusesADatabaseOfSomethingElse() {
        rehearsals.fillWithForeignTables(alpha);
        start();
        assertThat(driver.variable("decideHowToGoOn", "failure").toString()).contains("customers");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(REFUSED);
    }

    @Test
    void refusesAClusterWithoutNodes() {
        assertThatThrownBy(() -> driver.start("olga", "first-start", Map.of("cluster", "empty", "reason", "new")))
                .hasMessageContaining("has no node");
    }

    @Test
    void beginsAnewWhereAFirstStartWasKilled() {
        rehearsals.leaveHalfInstalled(alpha);
        start();
        assertThat(driver.variable("reviewPlan", "checks").toString()).contains("did not end");
        driver.acceptPlan("olga", false);
        driver.failWaiting("first-node-ready", "APP_ERROR: Validation error");
        assertThat(driver.variable("decideHowToGoOn", "options").toString()).contains("startAnew");
        decide("decideHowToGoOn", "startAnew");
        assertThat(driver.endOf(instance)).isEqualTo(STARTED);
        assertServes("2.2.15");
        assertThat(alpha.restorePoints().holdings()).anyMatch(holding -> holding.kind() == Holding.Kind.DATABASE);
    }

    @Test
    void offersNoNewBeginningOnACompleteInstallation() {
        rehearsals.reset(alpha);
        start();
        driver.acceptPlan("olga", false);
        driver.failWaiting("first-node-ready", "APP_ERROR");
        assertThat(driver.variable("decideHowToGoOn", "options").toString()).doesNotContain("startAnew");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(LEFT);
    }

    @Test
    void pluginThatFailsIsTriedAgain() {
        rehearsals.order(alpha, RehearsalFault.PLUGIN_CHANGE_FAILS_ONCE);
        start();
        accept();
        assertThat(driver.variable("decideHowToGoOn", "privateLink").toString()).startsWith("/rehearsal/alpha/node/");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(STARTED);
    }

    @Test
    void pluginsThatTakeTooLongAreGivenUp() {
        start();
        driver.acceptPlan("olga", false);
        driver.strikeTimeLimit("required-plugins-enabled", "boundaryEvent_pluginTimeLimit");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo(LEFT);
    }

    @Test
    void nodeThatLacksAPluginIsNotPutIntoService() {
        rehearsals.order(alpha, RehearsalFault.LAST_NODE_LACKS_PLUGIN_ONCE);
        start();
        accept();
        assertThat(driver.variable("decideHowToGoOn", "failure").toString()).contains("app-3", "lacks");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(STARTED);
    }

    // --- setting the database aside

    @Test
    void settingAsideIsTriedAgainAndGivenUp() {
        aside("all-nodes-stopped");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(STARTED);
        rehearsals.resetToNeverStarted(alpha);
        aside("database-set-aside");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_leftWithDatabaseAsFound");
    }

    @Test
    void slowStopBeforeSettingAsideStrikesItsTimeLimit() {
        failedFirstNode();
        driver.strikeTimeLimit("all-nodes-stopped", "boundaryEvent_stopTimeLimit");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(STARTED);
    }

    @Test
    void slowSettingAsideStrikesItsTimeLimit() {
        failedFirstNode();
        driver.strikeTimeLimit("database-set-aside", "boundaryEvent_asideTimeLimit");
        decide("decideHowToGoOn", "retry");
        assertThat(driver.endOf(instance)).isEqualTo(STARTED);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void everyFlowOfItsModelsWasTaken() {
        assertThat(coverage.missed(MODELS)).isEmpty();
    }

    // --- words

    private void start() {
        instance = driver.start("olga", "first-start", Map.of("cluster", "alpha", "reason", "new cluster"));
        driver.run();
    }

    private void aside(String failing) {
        failedFirstNode();
        driver.failWaiting(failing, "it failed");
    }

    /** Up to the moment at which a person has chosen to begin anew. */
    private void failedFirstNode() {
        start();
        driver.acceptPlan("olga", false);
        driver.failWaiting("first-node-ready", "APP_ERROR");
        decideOnly("startAnew");
    }
}
