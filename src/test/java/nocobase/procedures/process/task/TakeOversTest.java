package nocobase.procedures.process.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import nocobase.procedures.audit.Notification;
import nocobase.procedures.audit.RecordingChannel;
import nocobase.procedures.process.ProcedureScenario;
import nocobase.procedures.process.ProcessTest;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** At three in the morning the laptop of whoever claimed the task may be dead. */
@ProcessTest
class TakeOversTest extends ProcedureScenario {

    @Autowired
    private TakeOvers takeOvers;

    @Autowired
    private TaskService tasks;

    @Autowired
    private RecordingChannel channel;

    @Test
    void aColleaguesTaskIsTakenOverWithAReason() {
        upgrade("2.2.16");
        accept();
        String task = claimed("verifyFunctionality", "otto");
        String operation = operation();
        assertThat(takeOvers.from(task, "olga")).contains("otto");

        assertThat(takeOvers.take(task, "olga", "His laptop is dead")).contains("is yours now");

        String remark = "olga took over \"" + driver.task("verifyFunctionality").getName()
                + "\" from otto. Reason: His laptop is dead";
        assertThat(driver.task("verifyFunctionality").getAssignee()).isEqualTo("olga");
        assertThat(driver.variable("verifyFunctionality", "remarks").toString()).contains("olga took over");
        assertThat(evidence.read(operation).orElseThrow().remarks())
                .extracting(one -> one.text())
                .contains(remark);
        Awaitility.await()
                .untilAsserted(() -> assertThat(channel.told())
                        .filteredOn(told -> told.notification().event() == Notification.Event.TAKE_OVER)
                        .anySatisfy(told -> {
                            assertThat(told.notification().people()).containsExactly("otto");
                            assertThat(told.text()).contains("His laptop is dead");
                        }));
        assertThat(takeOvers.from(task, "olga")).as("it is hers").isEmpty();
    }

    @Test
    void onlyWithAReasonAndOnlyWhatSomebodyHas() {
        upgrade("2.2.16");
        accept();
        String task = driver.task("verifyFunctionality").getId();

        refused(20409, () -> takeOvers.take(task, "olga", "Now"), "Nobody has claimed");
        tasks.setAssignee(task, "otto");
        refused(20400, () -> takeOvers.take(task, "olga", " "), "reason");
        refused(20409, () -> takeOvers.take(task, "otto", "Now"), "already yours");
        refused(20403, () -> takeOvers.take(task, "maria", "Now"), "members of ops");
        refused(20409, () -> takeOvers.take("4711", "olga", "Now"), "no longer open");
        assertThat(takeOvers.from(task, "maria")).isEqualTo(Optional.empty());
        assertThat(driver.task("verifyFunctionality").getAssignee()).isEqualTo("otto");
    }

    /** A deputy is in both groups: what she asked for she does not take from whoever is to decide it. */
    @Test
    void notWhereFourEyesWouldBreak() {
        upgrade("2.2.17");
        accept();
        decide("decideHowToGoOn", "rollback");
        String task = claimed("approveRollback", "maria");
        String requester = tasks.getVariable(task, "notBy").toString();
        tasks.addCandidateUser(task, requester);

        refused(20403, () -> takeOvers.take(task, requester, "She sleeps"), "four eyes");
        assertThat(takeOvers.from(task, requester)).isEmpty();
    }

    private void upgrade(String version) {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of("cluster", "alpha", "targetVersion", version, "reason", "security fix"));
        driver.run();
    }

    private String claimed(String key, String person) {
        String task = driver.task(key).getId();
        tasks.setAssignee(task, person);
        return task;
    }

    private static void refused(int code, Runnable deed, String text) {
        assertThatThrownBy(deed::run)
                .isInstanceOf(ProcessEngineException.class)
                .hasMessageContaining(text)
                .extracting(thrown -> ((ProcessEngineException) thrown).getCode())
                .isEqualTo(code);
    }
}
