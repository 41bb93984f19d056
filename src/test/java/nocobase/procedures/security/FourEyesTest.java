package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.camunda.bpm.engine.IdentityService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Who asked for something does not approve it, whatever groups he is in. Here otto starts, and is a manager by night. */
class FourEyesTest extends SecuredEngine {

    private static final String TEXT =
            "\"otto\" requested what \"Approve\" decides, so somebody else must decide (four eyes).";

    @Autowired
    IdentityService identity;

    private String task;

    @BeforeEach
    void ottoBecomesAManagerAfterHeAsked() {
        task = "/engine-rest/task/" + approveTask("otto");
        identity.createMembership("otto", "managers");
    }

    @AfterEach
    void nowHeIsNot() {
        identity.deleteMembership("otto", "managers");
    }

    @Test
    void heCannotClaimIt() {
        assertThat(as("otto").refused(403, "POST", task + "/claim", "{\"userId\":\"otto\"}"))
                .isEqualTo(TEXT);
    }

    @Test
    void nobodyCanAssignItToHim() {
        assertThat(as("maria").refused(403, "POST", task + "/assignee", "{\"userId\":\"otto\"}"))
                .isEqualTo(TEXT);
        assertThat(as("otto").refused(403, "POST", task + "/assignee", "{\"userId\":\"otto\"}"))
                .isEqualTo(TEXT);
    }

    @Test
    void heCannotCompleteItEvenIfItIsHis() {
        tasks.setAssignee(task.substring(task.lastIndexOf('/') + 1), "otto");

        assertThat(as("otto").refused(403, "POST", task + "/complete", "{}")).isEqualTo(TEXT);
        assertThat(as("otto").refused(403, "POST", task + "/submit-form", "{}")).isEqualTo(TEXT);
        assertThat(as("otto").refused(403, "POST", task + "/complete", "{\"withVariablesInReturn\":true}"))
                .isEqualTo(TEXT);
        assertThat(as("otto").status("POST", task + "/resolve", "{}")).isEqualTo(403);
        assertThat(as("otto").status("POST", task + "/delegate", "{\"userId\":\"maria\"}"))
                .isEqualTo(403);
        assertThat(as("otto").status("POST", task + "/bpmnError", "{\"errorCode\":\"x\"}"))
                .isEqualTo(403);
        assertThat(as("otto").status("POST", task + "/bpmnEscalation", "{\"escalationCode\":\"x\"}"))
                .isEqualTo(403);
    }

    @Test
    void heCannotTakeHisNameOffIt() {
        tasks.setAssignee(task.substring(task.lastIndexOf('/') + 1), "otto");

        assertThat(as("otto").status("PUT", task + "/localVariables/notBy", "{\"value\":\"olga\"}"))
                .isEqualTo(403);
        assertThat(as("otto").status("DELETE", task + "/variables/notBy", null)).isEqualTo(403);
        assertThat(as("otto").refused(403, "POST", task + "/complete", "{}")).isEqualTo(TEXT);
    }

    @Test
    void anotherManagerDecides() {
        assertThat(as("maria").status("POST", task + "/claim", "{\"userId\":\"maria\"}"))
                .isEqualTo(204);
        assertThat(as("maria").status("POST", task + "/complete", "{}")).isEqualTo(204);
    }

    @Test
    void whereItIsNotKnownWhoAskedNobodyDecides() {
        String id = task.substring(task.lastIndexOf('/') + 1);
        tasks.setVariable(id, "notBy", " ");

        assertThat(as("maria").refused(403, "POST", task + "/claim", "{\"userId\":\"maria\"}"))
                .startsWith("Nobody can decide \"Approve\": who requested it is unknown");
    }

    @Test
    void oneGivesBackOnesOwnTask() {
        as("maria").call("POST", task + "/claim", "{\"userId\":\"maria\"}");

        assertThat(as("maria").status("POST", task + "/unclaim", null)).isEqualTo(204);
        String judge = judgeTask("olga");
        as("olga").call("POST", "/engine-rest/task/" + judge + "/claim", "{\"userId\":\"olga\"}");
        assertThat(as("olga").status("POST", "/engine-rest/task/" + judge + "/unclaim", null))
                .isEqualTo(204);
        assertThat(tasks.createTaskQuery().taskId(judge).singleResult().getAssignee())
                .isNull();
    }

    @Test
    void aFinishedTaskSaysSo() {
        String judge = judgeTask("olga");
        tasks.complete(judge);

        assertThat(as("olga").refused(409, "POST", "/engine-rest/task/" + judge + "/complete", "{}"))
                .startsWith("This task is no longer open");
    }
}
