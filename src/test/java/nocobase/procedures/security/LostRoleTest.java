package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.authorization.TaskPermissions;
import org.camunda.bpm.engine.impl.IdentityServiceImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Whoever lost a role, or his account, loses at once what it allowed: also what he claimed before. */
class LostRoleTest extends SecuredEngine {

    private static final String TASKS = "/engine-rest/task/";
    private static final String OPEN_TASKLIST = "/camunda/api/engine/engine/default/task/";

    @Autowired
    IdentityService identity;

    @Autowired
    AuthorizationService authorizations;

    @Autowired
    SecurityAtStart start;

    private String task;

    @BeforeEach
    void mona() {
        var mona = identity.newUser("mona");
        mona.setPassword("mona");
        ((IdentityServiceImpl) identity).saveUser(mona, true);
        identity.createMembership("mona", "managers");
        task = approveTask("otto");
    }

    @AfterEach
    void gone() {
        identity.deleteUser("mona");
    }

    @Test
    void aManagerWhoClaimedAnApprovalAndIsNoneAnyMoreDoesNotApprove() {
        claimedByMona();

        identity.deleteMembership("mona", "managers");

        Map.of(
                        "/complete", "{}",
                        "/submit-form", "{}",
                        "/resolve", "{}",
                        "/delegate", "{\"userId\":\"maria\"}",
                        "/assignee", "{\"userId\":\"maria\"}",
                        "/claim", "{\"userId\":\"mona\"}",
                        "/bpmnError", "{\"errorCode\":\"x\"}",
                        "/bpmnEscalation", "{\"escalationCode\":\"x\"}")
                .forEach((door, body) -> assertThat(as("mona").status("POST", TASKS + task + door, body))
                        .as(door)
                        .isEqualTo(403));
        assertThat(as("mona").status("POST", TASKS + task + "/complete", "{\"withVariablesInReturn\":true}"))
                .isEqualTo(403);
        assertThat(as("mona").status("GET", TASKS + task, null)).isEqualTo(404);
        assertThat(tasks.createTaskQuery().taskId(task).count()).isEqualTo(1);
    }

    /** Another role may still let him work on tasks of its own. */
    @Test
    void anotherRoleDoesNotHelp() {
        claimedByMona();
        identity.deleteMembership("mona", "managers");
        identity.createMembership("mona", "ops");

        assertThat(as("mona").status("POST", TASKS + task + "/complete", "{}")).isEqualTo(403);
    }

    @Test
    void anOpenTasklistIsOfNoUseToo() {
        Browser browser = new Browser(port);
        assertThat(browser.login("mona", "mona", "tasklist")).isEqualTo(200);
        assertThat(browser.post(OPEN_TASKLIST + task + "/claim", "{\"userId\":\"mona\"}")
                        .statusCode())
                .isEqualTo(204);

        identity.deleteMembership("mona", "managers");

        assertThat(browser.post(OPEN_TASKLIST + task + "/submit-form", "{}").statusCode())
                .isEqualTo(403);
        assertThat(browser.get(OPEN_TASKLIST + task).statusCode()).isEqualTo(404);
    }

    @Test
    void norWithoutAnAccount() {
        Browser browser = new Browser(port);
        browser.login("mona", "mona", "tasklist");
        browser.post(OPEN_TASKLIST + task + "/claim", "{\"userId\":\"mona\"}");

        identity.deleteUser("mona");

        assertThat(browser.post(OPEN_TASKLIST + task + "/submit-form", "{}").statusCode())
                .isEqualTo(401);
        assertThat(browser.get("/api/status").statusCode()).isEqualTo(401);
        assertThat(as("mona").status("POST", TASKS + task + "/complete", "{}")).isEqualTo(401);
    }

    /** Camunda would grant the task to whoever has it, and leave him that when it is given to somebody else. */
    @Test
    void nobodyIsGrantedATaskInHisOwnName() {
        claimedByMona();
        assertThat(grantsOf("mona")).isEmpty();
        as("maria").call("POST", TASKS + task + "/assignee", "{\"userId\":\"maria\"}");
        identity.deleteMembership("mona", "managers");

        assertThat(as("mona").status("GET", TASKS + task, null)).isEqualTo(404);
        assertThat(as("maria").status("POST", TASKS + task + "/complete", "{}")).isEqualTo(204);
    }

    @Test
    void whatEarlierVersionsGrantedIsTakenBackAtStart() {
        claimedByMona();
        Authorization old = authorizations.createNewAuthorization(Authorization.AUTH_TYPE_GRANT);
        old.setUserId("mona");
        old.setResource(Resources.TASK);
        old.setResourceId(task);
        old.setPermissions(new Permission[] {TaskPermissions.TASK_WORK, TaskPermissions.READ});
        authorizations.saveAuthorization(old);
        tasks.addCandidateUser(judgeTask("otto"), "olga");

        start.run(null);

        assertThat(grantsOf("mona")).isEmpty();
        assertThat(grantsOf("olga")).as("a task that was opened to her").hasSize(1);
    }

    /** As break-glass opens one to an operator. */
    @Test
    void aTaskThatWasOpenedToAnOperatorIsHisAsLongAsHeIsOne() {
        tasks.addCandidateUser(task, "olga");
        assertThat(as("olga").status("POST", TASKS + task + "/claim", "{\"userId\":\"olga\"}"))
                .isEqualTo(204);
        identity.deleteMembership("olga", "ops");
        try {
            assertThat(as("olga").refused(403, "POST", TASKS + task + "/complete", "{}"))
                    .isEqualTo("\"olga\" can't work on \"Approve\": it is for members of managers.");
        } finally {
            identity.createMembership("olga", "ops");
        }
        assertThat(as("olga").status("POST", TASKS + task + "/complete", "{}")).isEqualTo(204);
    }

    private void claimedByMona() {
        assertThat(as("mona").status("POST", TASKS + task + "/claim", "{\"userId\":\"mona\"}"))
                .isEqualTo(204);
    }

    private List<Authorization> grantsOf(String user) {
        return authorizations
                .createAuthorizationQuery()
                .userIdIn(user)
                .resourceType(Resources.TASK)
                .list();
    }
}
