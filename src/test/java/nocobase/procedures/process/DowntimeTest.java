package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.claim.DowntimeMetric;
import nocobase.procedures.process.claim.DowntimeWatch;
import nocobase.procedures.process.status.RunningProcedures;
import nocobase.procedures.process.task.Reminders;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** One downtime, however many procedures lie between: each way to end behind the maintenance page, and back. */
@ProcessTest
class DowntimeTest extends ProcedureScenario {

    @Autowired
    private TaskService tasks;

    @Autowired
    private DowntimeWatch watch;

    @Autowired
    private DowntimeMetric metric;

    @Autowired
    private Estimates estimates;

    @Autowired
    private Reminders reminders;

    @Autowired
    private RunningProcedures procedures;

    @Test
    void anUpgradeHasOneFromThePageUntilClientsAreServed() {
        upgrade("2.2.16");
        String operation = operation();
        assertThat(downtimes.lasting("alpha"))
                .as("clients are served while the plan is reviewed")
                .isEmpty();
        accept();
        Downtime lasting = downtimes.lasting("alpha").orElseThrow();
        assertThat(lasting.operation()).isEqualTo(operation);
        assertThat(lasting.servedBefore()).isTrue();
        assertThat(driver.variable("verifyFunctionality", "downSinceShown")).isEqualTo(Moments.shown(lasting.since()));

        verify("works");

        assertThat(driver.endOf(instance)).isEqualTo("endEvent_versionUpgraded");
        assertThat(last().endedBy()).isEqualTo(operation);
        assertThat(last().since()).isEqualTo(lasting.since());
        assertThat(evidence.find(operation).orElseThrow()).contains(ended(last()));
    }

    /** Seen: the abort said "none, or not ended", the return "0 min 41 s" of really 2 min 18 s. */
    @Test
    void anAbortLeavesItRunningAndTheReturnEndsIt() {
        String aborted = leaveUpgradeBehindPage();
        Downtime lasting = downtimes.lasting("alpha").orElseThrow();
        assertThat(evidence.find(aborted).orElseThrow())
                .contains("<th>Downtime</th><td>Since " + Moments.shown(lasting.since())
                        + ", not ended when this procedure ended.</td>");
        clock.advance(Duration.ofMinutes(20));

        returnToService();
        String returned = operation();
        assertThat(driver.variable("reviewPlan", "downSinceShown")).isEqualTo(Moments.shown(lasting.since()));
        accept();
        driver.complete("olga", "chooseWayBack", Map.of("wayBack", "asIs", "wayBackComment", "as agreed"));
        assertThat(driver.variable("verifyFunctionality", "downSinceShown")).isEqualTo(Moments.shown(lasting.since()));
        verify("works");

        assertThat(last().since()).isEqualTo(lasting.since());
        assertThat(last().length()).isGreaterThan(Duration.ofMinutes(20));
        assertThat(last().endedBy()).isEqualTo(returned);
        assertThat(evidence.find(returned).orElseThrow()).contains(ended(last()) + " Begun by " + aborted + ".");
        assertThat(evidence.find(aborted).orElseThrow()).contains("not ended when this procedure ended");
        assertThat(tasks.createTaskQuery().count()).isZero();
    }

    @Test
    void whoLeavesItBehindThePageMakesATaskThatIsRemindedAndEscalated() {
        String operation = leaveUpgradeBehindPage();
        Task task = driver.task("lookAfterCluster");
        assertThat(tasks.getVariable(task.getId(), "whatHappened"))
                .isEqualTo(
                        "Version upgrade ended by a decision of otto and left this cluster behind the maintenance page"
                                + " (503)");
        assertThat(tasks.getVariable(task.getId(), "deletionReason")).isEqualTo("as agreed");
        assertThat(tasks.getVariable(task.getId(), "operation")).isEqualTo(operation);
        assertThat(tasks.getVariable(task.getId(), "downSinceShown")).isNotNull();
        assertThat(task.getDueDate()).isNotNull();
        assertThat(downtimes.lasting("alpha").orElseThrow().left())
                .satisfies(left -> assertThat(left.who()).isEqualTo("otto"))
                .satisfies(left -> assertThat(left.why()).isEqualTo("as agreed"))
                .satisfies(left -> assertThat(left.outcome()).isEqualTo("Upgrade left behind maintenance page"));

        clock.advance(Duration.ofHours(1));
        assertThat(reminders.lookNow()).isEqualTo(1);
        assertThat(procedures.tasks().get("alpha").get(0).groups()).contains("managers");
    }

    @Test
    void aDeletionLeavesItRunningToo() {
        upgrade("2.2.16");
        accept();
        Downtime lasting = downtimes.lasting("alpha").orElseThrow();
        runtime.deleteProcessInstance(instance, "deleted in Cockpit", true, true);
        driver.run();

        Downtime left = downtimes.lasting("alpha").orElseThrow();
        assertThat(left.since()).isEqualTo(lasting.since());
        assertThat(left.left().outcome()).isNull();
        assertThat(left.left().why()).isEqualTo("deleted in Cockpit");
        assertThat(tasks.getVariable(driver.task("lookAfterCluster").getId(), "downSinceShown"))
                .isEqualTo(Moments.shown(lasting.since()));
    }

    /** A return that was only looked at has not left the cluster there. */
    @Test
    void aRefusedReturnLeavesItAsItWas() {
        String aborted = leaveUpgradeBehindPage();
        returnToService();
        String refused = operation();
        driver.complete("olga", "reviewPlan", Map.of("planAccepted", false, "planComment", "not now"));

        assertThat(driver.endOf(instance)).isEqualTo("endEvent_returnRefused");
        assertThat(downtimes.lasting("alpha").orElseThrow().left().operation()).isEqualTo(aborted);
        assertThat(evidence.find(refused).orElseThrow()).contains("not ended when this procedure ended");
        assertThat(tasks.getVariable(driver.task("lookAfterCluster").getId(), "deletionReason"))
                .isEqualTo("as agreed");
    }

    @Test
    void aRollbackBelongsToItsUpgrade() {
        upgrade("2.2.17");
        String operation = operation();
        accept();
        Instant since = downtimes.lasting("alpha").orElseThrow().since();
        driver.complete("otto", "decideHowToGoOn", Map.of("decision", "rollback", "decisionComment", "broken"));
        approveRollback();
        verify("works");

        assertThat(driver.endOf(instance)).isEqualTo("endEvent_previousVersionRestored");
        assertThat(last().since()).isEqualTo(since);
        assertThat(last().endedBy()).isEqualTo(operation);
        assertThat(last().lasts()).isFalse();
    }

    @Test
    void aPageThatWasRefusedTookNothingFromAnybody() {
        upgrade("2.2.25");
        driver.acceptPlan("olga", true);
        driver.task("decideHowToGoOn");
        assertThat(downtimes.lasting("alpha")).isEmpty();
        decide("decideHowToGoOn", "retry");
        assertThat(downtimes.lasting("alpha")).isPresent();
    }

    @Test
    void aFirstStartTakesNothingFromAnybodyAndSaysSo() {
        rehearsals.resetToNeverStarted(clusters.find("alpha"));
        instance = driver.start("olga", "first-start", Map.of("cluster", "alpha", "reason", "new installation"));
        driver.run();
        String operation = operation();
        accept();
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_clusterStarted");
        assertThat(last().servedBefore()).isFalse();
        assertThat(last().lasts()).isFalse();
        assertThat(evidence.find(operation).orElseThrow()).contains("Clients had no service before, either.");
    }

    @Test
    void whoeverBringsItBackByHandEndsItAndItsTask() {
        leaveUpgradeBehindPage();
        watch.lookNow();
        assertThat(downtimes.lasting("alpha")).as("the page is up").isPresent();
        rehearsals.reset(clusters.find("alpha"));

        watch.lookNow();

        assertThat(last().lasts()).isFalse();
        assertThat(last().endedBy()).isNull();
        assertThat(tasks.createTaskQuery().count()).isZero();
    }

    @Test
    void theMetricRunsWhileItLasts() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        metric.bindTo(registry);
        assertThat(seconds(registry)).isZero();
        leaveUpgradeBehindPage();
        clock.advance(Duration.ofMinutes(2));
        assertThat(seconds(registry)).isGreaterThan(120);
        rehearsals.reset(clusters.find("alpha"));
        watch.lookNow();
        assertThat(seconds(registry)).isZero();
    }

    // --- estimates

    @Test
    void thePlanAndThePageSayTheSameEstimateFromFormerRuns() {
        upgrade("2.2.16");
        assertThat(driver.variable("reviewPlan", "estimateShown").toString()).contains("no estimate yet");
        accept();
        assertThat(estimates.endOf(downtimes.lasting("alpha").orElseThrow())).isEmpty();
        verify("works");
        Duration former = last().length();
        rehearsals.reset(clusters.find("alpha"));
        clock.advance(Duration.ofDays(1));

        upgrade("2.2.16");
        assertThat(driver.variable("reviewPlan", "estimateShown").toString())
                .contains("about " + former.plusSeconds(59).toMinutes() + " min", "as in the last run");
        accept();
        Downtime lasting = downtimes.lasting("alpha").orElseThrow();
        assertThat(estimates.endOf(lasting).orElseThrow())
                .isBetween(
                        lasting.since().plus(former),
                        lasting.since().plus(former).plusSeconds(60));
    }

    /** Twice the data: copying them takes twice as long, the rest as long as before; and the plan says so. */
    @Test
    void whatIsDoneWithTheDataIsScaledByTheirSize() {
        upgrade("2.2.16");
        String first = operation();
        accept();
        clock.advance(Duration.ofMinutes(10));
        verify("works");
        Duration former = last().length();
        Duration copying = stretchCopying(first, Duration.ofMinutes(4));
        rehearsals.reset(clusters.find("alpha"));
        jdbc.update("update run_measure set database_size = database_size / 2 where operation = ?", first);
        clock.advance(Duration.ofDays(1));

        upgrade("2.2.16");
        assertThat(driver.variable("reviewPlan", "estimateShown").toString())
                .contains("Scaled to the size of the databases: 1.3 GB now, 656 MB before.");
        assertThat(estimates
                        .of("alpha", "version-upgrade", operation())
                        .orElseThrow()
                        .typical())
                .isEqualTo(former.plus(copying));
        accept();
        assertThat(estimates.endOf(downtimes.lasting("alpha").orElseThrow()).orElseThrow())
                .isAfterOrEqualTo(downtimes
                        .lasting("alpha")
                        .orElseThrow()
                        .since()
                        .plus(former)
                        .plus(copying));
    }

    /** As if taking the restore point had taken that long, within the downtime as it was. */
    private Duration stretchCopying(String operation, Duration length) {
        jdbc.update(
                "update act_hi_actinst set start_time_ = (select d.work_since from downtime d where d.work_operation = ?),"
                        + " end_time_ = (select d.work_since from downtime d where d.work_operation = ?) + make_interval(secs => ?)"
                        + " where act_id_ = 'callActivity_takeRestorePoint' and proc_inst_id_ in"
                        + " (select id_ from act_hi_procinst where business_key_ = ?)",
                operation,
                operation,
                (double) length.toSeconds(),
                operation);
        return length;
    }

    @Test
    void thePlanSaysWhetherTheImageIsPulledAndHowLongThatTook() {
        upgrade("2.2.16");
        assertThat(driver.variable("reviewPlan", "estimateShown").toString())
                .contains("The image is pulled first, while the cluster serves: no estimate yet.");
        accept();
        verify("works");
        upgrade("2.2.17");
        assertThat(driver.variable("reviewPlan", "estimateShown").toString())
                .contains(
                        "The image is pulled first, while the cluster serves: about 1 min (median of the last pulls on this"
                                + " cluster: 1).");
        driver.clear();
        rehearsals.reset(clusters.find("alpha"));
        clusters.find("alpha").runtime().pull(Version.parse("2.2.16"));
        clock.advance(Duration.ofMinutes(10));
        upgrade("2.2.16");
        assertThat(driver.variable("reviewPlan", "estimateShown").toString())
                .contains("The image is on every host already.");
    }

    /** Days behind the page after an abort say nothing of the next upgrade. */
    @Test
    void whatWasLeftBehindThePageIsNoFormerRun() {
        leaveUpgradeBehindPage();
        clock.advance(Duration.ofDays(2));
        returnToService();
        Instant taken = clock.instant();
        accept();
        driver.complete("olga", "chooseWayBack", Map.of("wayBack", "asIs", "wayBackComment", "as agreed"));
        verify("works");

        assertThat(estimates.of("alpha", "version-upgrade", "none")).isEmpty();
        assertThat(estimates
                        .of("alpha", "return-to-service", "none")
                        .orElseThrow()
                        .typical())
                .isLessThanOrEqualTo(Duration.between(taken, last().until()));
    }

    @Test
    void aMaintenanceHasADowntimeOnlyWhereItRestores() {
        instance = driver.start(
                "olga",
                "in-app-maintenance",
                Map.of(
                        "cluster",
                        "alpha",
                        "works",
                        Json.of(List.of("byHand")),
                        "details",
                        "go back",
                        "reason",
                        "wrong data",
                        "restorePointFirst",
                        true));
        driver.run();
        String operation = operation();
        assertThat(driver.variable("reviewPlan", "estimateShown")).isNull();
        accept();
        driver.task("chooseWork");
        assertThat(downtimes.latest()).doesNotContainKey("alpha");
        assertThat(evidence.find(operation).orElseThrow()).contains("<th>Downtime</th><td>None.</td>");

        String point = clusters.find("alpha").restorePoints().list().get(0).id();
        driver.complete("olga", "chooseWork", Map.of("work", "restore"));
        driver.complete(
                "olga",
                "chooseWayBack",
                Map.of("wayBack", "restore", "restorePointChosen", point, "wayBackComment", "as agreed"));
        approveRollback();
        assertThat(downtimes.lasting("alpha"))
                .as("the restore is behind the page")
                .isPresent();
        verify("works");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_earlierStateRestored");
        assertThat(last().endedBy()).isEqualTo(operation);
        assertThat(evidence.find(operation).orElseThrow()).contains(ended(last()));
    }

    // --- words

    private void upgrade(String version) {
        instance = driver.start(
                "olga", "version-upgrade", Map.of("cluster", "alpha", "targetVersion", version, "reason", "needed"));
        driver.run();
    }

    /** @return the operation */
    private String leaveUpgradeBehindPage() {
        upgrade("2.2.23");
        String operation = operation();
        accept();
        verify("works");
        decide("decideHowToGoOn", "abort");
        assertThat(driver.endOf(instance)).isEqualTo("endEvent_upgradeLeftBehindMaintenancePage");
        return operation;
    }

    private void returnToService() {
        instance = driver.start("olga", "return-to-service", Map.of("cluster", "alpha", "reason", "bring it back"));
        driver.run();
    }

    private Downtime last() {
        return downtimes.latest().get("alpha");
    }

    private static String ended(Downtime downtime) {
        return "<th>Downtime</th><td>" + downtime.length().toMinutes() + " min "
                + downtime.length().toSecondsPart() + " s, from " + Moments.shown(downtime.since()) + " to "
                + Moments.shown(downtime.until()) + ".";
    }

    private static double seconds(SimpleMeterRegistry registry) {
        return registry.get(DowntimeMetric.NAME).tag("cluster", "alpha").gauge().value();
    }
}
