package nocobase.procedures.process.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.Notification;
import nocobase.procedures.audit.Notification.Event;
import nocobase.procedures.audit.RecordingChannel;
import nocobase.procedures.audit.RecordingChannel.Told;
import nocobase.procedures.process.ProcedureScenario;
import nocobase.procedures.process.ProcessTest;
import nocobase.procedures.process.task.Reminders;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.impl.util.ClockUtil;
import org.camunda.bpm.engine.task.IdentityLink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Who is told what while real procedures run. */
@ProcessTest
class AnnouncementsTest extends ProcedureScenario {

    private static final List<String> EVERYBODY = List.of("ops", "managers");

    @Autowired
    private RecordingChannel channel;

    @Autowired
    private Interventions interventions;

    @Autowired
    private Reminders reminders;

    @Autowired
    private TaskService tasks;

    @Autowired
    private PlatformTransactionManager transactions;

    @BeforeEach
    @AfterEach
    void nothingToldYet() {
        channel.breakDown(false);
    }

    @Test
    void tasksFailuresAndTheEndAreToldToThoseWhomTheyConcern() {
        start("2.2.17");
        String operation = operation();
        told(Event.TASK, "Review plan: alpha 2.2.15 → 2.2.17", List.of("ops"), taskLink());
        accept();
        Told failure = told(
                Event.FAILURE,
                "Step failed: choose how to continue: alpha 2.2.15 → 2.2.17",
                List.of("ops"),
                taskLink());
        assertThat(failure.text()).contains("Clients have seen the maintenance page (503) since");
        decide("decideHowToGoOn", "rollback");
        told(Event.TASK, "Approve rollback: alpha back to 2.2.15 from 2.2.17", List.of("managers"), taskLink());
        approveRollback();
        told(Event.TASK, "Verify functionality: alpha back to 2.2.15", List.of("ops"), taskLink());
        verify("works");

        told(Event.END, "Previous version restored", EVERYBODY, "/evidence/" + operation);
        assertThat(channel.told())
                .as("nothing twice, and nothing else")
                .extracting(told -> told.notification().event())
                .containsExactlyInAnyOrder(Event.TASK, Event.FAILURE, Event.TASK, Event.TASK, Event.END);
        assertThat(channel.told())
                .extracting(told -> told.notification().values())
                .allSatisfy(values ->
                        assertThat(values).containsEntry("cluster", "alpha").containsEntry("operation", operation));
    }

    @Test
    void everybodyIsToldOfABrokenClaim() {
        start("2.2.16");
        interventions.breakClaim("alpha", operation(), "maria", "Wrong cluster");

        Told told = told(Event.BREAK_GLASS, "lock broken by maria", List.of("ops", "managers", "admins"), "/status");
        assertThat(told.text()).contains("Wrong cluster");
    }

    @Test
    void ofADeletionTheEndIsToldWithItsReason() {
        start("2.2.16");
        String operation = operation();
        runtime.deleteProcessInstance(instance, "cleaned up by hand");

        assertThat(told(Event.END, "ended by hand", EVERYBODY, "/evidence/" + operation)
                        .text())
                .contains("cleaned up by hand");
        told(Event.FAILURE, "Check abandoned cluster: alpha", List.of("ops"), "/camunda/app/tasklist/default/#/?task=");
    }

    /** What did not happen is told to nobody. */
    @Test
    void nothingIsToldOfWhatWasRolledBack() {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of("cluster", "alpha", "targetVersion", "2.2.16", "reason", "security fix"));
        new TransactionTemplate(transactions).executeWithoutResult(transaction -> {
            driver.run();
            driver.task("reviewPlan");
            interventions.breakClaim("alpha", operation(), "maria", "Wrong cluster");
            transaction.setRollbackOnly();
        });
        driver.run();

        told(Event.TASK, "Review plan: alpha 2.2.15 → 2.2.16", List.of("ops"), taskLink());
        assertThat(channel.told()).hasSize(1);
    }

    @Test
    void aChannelThatThrowsStopsNothing() {
        channel.breakDown(true);
        start("2.2.16");
        accept();
        verify("works");

        assertThat(driver.endOf(instance)).isEqualTo("endEvent_versionUpgraded");
    }

    /** Whatever task waits while clients see the 503 page: after answer-timeout (15 min) the managers have it too, once. */
    @ParameterizedTest
    @ValueSource(strings = {"troubleshoot", "decideHowToGoOn", "lookAfterCluster", "mendTechnicalIncident"})
    void managersGetEveryTaskThatBurnsTooLong(String task) {
        waitFor(task);
        channel.told().clear();
        clock.advance(Duration.ofMinutes(14));
        reminders.lookNow();
        assertThat(groups(task)).containsExactly("ops");

        clock.advance(Duration.ofMinutes(2));
        reminders.lookNow();
        reminders.lookNow();

        assertThat(groups(task)).containsExactlyInAnyOrder("ops", "managers");
        told(Event.ESCALATION, driver.task(task).getName(), List.of("managers"), taskLink());
        assertThat(channel.told())
                .extracting(told -> told.notification().event())
                .containsExactlyInAnyOrder(Event.REMINDER, Event.ESCALATION);
    }

    /** What was begun waits for a decision: the managers get it too. A plan may take its time. */
    @Test
    void whereClientsAreServedManagersGetDecisionsOnly() {
        ClockUtil.setCurrentTime(Date.from(clock.instant()));
        try {
            start("2.2.31");
            clock.advance(Duration.ofMinutes(16));
            reminders.lookNow();
            assertThat(groups("reviewPlan")).containsExactly("ops");
            ClockUtil.setCurrentTime(Date.from(clock.instant()));
            accept();
            assertThat(driver.task("decideHowToGoOn").getDueDate()).isNull();
            channel.told().clear();

            clock.advance(Duration.ofMinutes(14));
            reminders.lookNow();
            assertThat(channel.told()).isEmpty();
            clock.advance(Duration.ofMinutes(2));
            reminders.lookNow();
            reminders.lookNow();
        } finally {
            ClockUtil.reset();
        }

        assertThat(groups("decideHowToGoOn")).containsExactlyInAnyOrder("ops", "managers");
        assertThat(channel.told())
                .extracting(told -> told.notification().event())
                .containsExactly(Event.ESCALATION);
    }

    private void waitFor(String task) {
        switch (task) {
            case "troubleshoot" -> {
                start("2.2.16");
                accept();
                verify("troubleshoot");
            }
            case "decideHowToGoOn" -> {
                start("2.2.17");
                accept();
            }
            case "lookAfterCluster" -> {
                start("2.2.16");
                accept();
                runtime.deleteProcessInstance(instance, "cleaned up by hand");
            }
            default -> {
                start("2.2.44");
                accept();
            }
        }
        driver.task(task);
        Awaitility.await().until(() -> !channel.told().isEmpty());
    }

    private Told told(Event event, String matter, List<String> groups, String path) {
        return Awaitility.await(event + " \"" + matter + "\"")
                .atMost(Duration.ofSeconds(10))
                .until(
                        () -> channel.told().stream()
                                .filter(told -> fits(told.notification(), event, matter, groups, path))
                                .findFirst()
                                .orElse(null),
                        told -> told != null);
    }

    private static boolean fits(Notification told, Event event, String matter, List<String> groups, String path) {
        return told.event() == event
                && told.values().get("matter").startsWith(matter)
                && told.groups().equals(groups)
                && told.values().get("path").startsWith(path);
    }

    private String taskLink() {
        return "/camunda/app/tasklist/default/#/?task="
                + tasks.createTaskQuery().singleResult().getId();
    }

    private List<String> groups(String task) {
        return tasks.getIdentityLinksForTask(driver.task(task).getId()).stream()
                .map(IdentityLink::getGroupId)
                .toList();
    }

    private void start(String version) {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of("cluster", "alpha", "targetVersion", version, "reason", "security fix"));
        driver.run();
    }
}
