package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** An operator takes over what a colleague has claimed, in Tasklist, and says why. */
class TakeOverIT extends Office {

    @Autowired
    TaskService tasks;

    @Autowired
    IdentityService identity;

    @AfterEach
    void tidyUp() {
        endEverything();
    }

    @Test
    void anOperatorTakesOverAColleaguesTask() {
        Task task = reviewPlan();
        tasks.setAssignee(task.getId(), "otto");
        Page olga = desk("olga", "tasklist");
        olga.navigate(address("tasklist") + "#/?task=" + task.getId());
        assertThat(olga.locator(".task-card h2")).containsText("Review plan");

        olga.getByRole(AriaRole.BUTTON, named("Take over")).click();
        Locator dialog = olga.locator("dialog.procedures-take-over");
        assertThat(dialog).containsText("otto is notified");
        dialog.getByLabel("Reason").fill("His laptop is dead");
        dialog.getByRole(AriaRole.BUTTON, in("Take over")).click();

        assertThat(olga.locator(".task-card .form-actions button:has-text('Complete')"))
                .isVisible();
        assertThat(olga.getByRole(AriaRole.BUTTON, named("Take over"))).hasCount(0);
        org.assertj.core.api.Assertions.assertThat(tasks.createTaskQuery()
                        .taskId(task.getId())
                        .singleResult()
                        .getAssignee())
                .isEqualTo("olga");
    }

    /** Nobody has it: there is nothing to take over, at first and after it was given back. */
    @Test
    void anUnclaimedTaskIsNotTakenOver() {
        Task task = reviewPlan();
        Page olga = desk("olga", "tasklist");
        look(olga, () -> olga.navigate(address("tasklist") + "#/?task=" + task.getId()));
        assertThat(olga.locator(".task-card h2")).containsText("Review plan");
        assertThat(olga.getByRole(AriaRole.BUTTON, named("Take over"))).hasCount(0);

        tasks.setAssignee(task.getId(), "otto");
        assertThat(olga.getByRole(AriaRole.BUTTON, named("Take over"))).hasCount(1);
        tasks.setAssignee(task.getId(), null);
        look(olga, () -> {});
        assertThat(olga.getByRole(AriaRole.BUTTON, named("Take over"))).hasCount(0);
    }

    /** Until the page has asked once more whose the task is. */
    private static void look(Page page, Runnable action) {
        page.waitForResponse(
                answer -> answer.url().endsWith("/take-over"),
                new Page.WaitForResponseOptions().setTimeout(LONG_ENOUGH.toMillis()),
                action);
    }

    private Task reviewPlan() {
        identity.setAuthentication("olga", List.of("ops"));
        try {
            runtime.startProcessInstanceByKey(
                    "version-upgrade",
                    Map.of("cluster", "training", "targetVersion", "2.2.16", "reason", "security fix"));
        } finally {
            identity.clearAuthentication();
        }
        return Awaitility.await()
                .atMost(LONG_ENOUGH)
                .until(
                        () -> tasks.createTaskQuery()
                                .taskDefinitionKey("userTask_reviewPlan")
                                .singleResult(),
                        task -> task != null);
    }
}
