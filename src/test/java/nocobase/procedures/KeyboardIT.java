package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Tasklist without a mouse, and in a window as narrow as a phone. */
class KeyboardIT extends Office {

    @Autowired
    TaskService tasks;

    @Autowired
    IdentityService identity;

    @AfterEach
    void nothingIsLeft() {
        endEverything();
    }

    @Test
    void anOperatorStartsClaimsAndCompletesWithoutAMouse() {
        Page olga = desk("olga", "tasklist");
        assertThat(olga.locator(".task-filters")).containsText("My group");
        olga.keyboard().press("Control+Alt+p");
        assertThat(olga.locator(".modal-content")).containsText("Version upgrade");
        tabTo(olga, "Version upgrade");
        olga.keyboard().press("Enter");
        assertThat(olga.locator(".modal-content .fjs-form")).containsText("Training (training)");
        tabTo(olga, "Target version");
        olga.keyboard().type("2.2.16");
        tabTo(olga, "Reason");
        olga.keyboard().type("Security fixes");
        tabTo(olga, "Start");
        olga.keyboard().press("Enter");
        assertThat(olga.locator(".modal-content")).hasCount(0);

        Locator listed =
                olga.locator(".tasks-list h4.task a", new Page.LocatorOptions().setHasText("Review plan: training"));
        assertThat(listed).isVisible();
        olga.keyboard().press("Control+Alt+l");
        tabTo(olga, "Review plan: training 2.2.15 → 2.2.16");
        olga.keyboard().press("Enter");
        assertThat(olga.locator(".task-card h2")).containsText("Review plan: training");
        olga.keyboard().press("Control+Alt+c");
        assertThat(olga.locator(".task-card .form-actions button:has-text('Complete')"))
                .isVisible();
        tabTo(olga, "Continue: I accept the plan");
        olga.keyboard().press("Space");
        tabTo(olga, "Complete");
        olga.keyboard().press("Enter");

        Awaitility.await("the plan is accepted")
                .atMost(LONG_ENOUGH)
                .until(() -> tasks.createTaskQuery()
                                .taskDefinitionKey("userTask_reviewPlan")
                                .count()
                        == 0);
    }

    @Test
    void aTaskIsAnsweredInANarrowWindow() {
        identity.setAuthentication("olga", List.of("ops"));
        try {
            runtime.startProcessInstanceByKey(
                    "version-upgrade",
                    Map.of("cluster", "training", "targetVersion", "2.2.16", "reason", "Security fixes"));
        } finally {
            identity.clearAuthentication();
        }
        Awaitility.await()
                .atMost(LONG_ENOUGH)
                .until(() -> tasks.createTaskQuery()
                                .taskDefinitionKey("userTask_reviewPlan")
                                .count()
                        == 1);
        String task = tasks.createTaskQuery()
                .taskDefinitionKey("userTask_reviewPlan")
                .singleResult()
                .getId();
        tasks.setAssignee(task, "olga");
        Page phone = desk("olga", "tasklist").context().newPage();
        phone.setViewportSize(360, 800);
        phone.navigate(address("tasklist") + "#/?task=" + task);

        Locator form = phone.locator(".fjs-form");
        assertThat(form).containsText("Checks passed");
        Locator answer = phone.locator(
                        ".fjs-form-field-radio label", new Page.LocatorOptions().setHasText("Continue: I accept"))
                .last();
        answer.scrollIntoViewIfNeeded();
        screen(phone, "review-plan-phone");
        Locator complete = phone.locator(".task-card .form-actions button:has-text('Complete')");
        assertThat(complete).isInViewport();
        Assertions.assertThat(phone.evaluate(SIDEWAYS))
                .as("what sticks out at the side")
                .isEqualTo("");
        answer.click();
        complete.click();
        Awaitility.await("the plan is accepted")
                .atMost(LONG_ENOUGH)
                .until(() -> tasks.createTaskQuery()
                                .taskDefinitionKey("userTask_reviewPlan")
                                .count()
                        == 0);
        phone.close();
    }

    /** The page itself must not scroll sideways, nor the form and its buttons lie beside the window. */
    private static final String SIDEWAYS = """
            () => [document.documentElement, document.querySelector('.page-wrap'),
                   document.querySelector('.fjs-form'), document.querySelector('.form-actions'),
                   document.querySelector('.task-card'), document.querySelector('.task-card-details')]
                .filter(one => one && (one.scrollWidth > one.clientWidth + 1
                    || one.getBoundingClientRect().right > window.innerWidth + 1
                    || one.getBoundingClientRect().left < -1))
                .map(one => `${one.tagName}.${one.className} ${one.scrollWidth}>${one.clientWidth} ${one.getBoundingClientRect().left}..${one.getBoundingClientRect().right}`).join('; ')""";

    /** What the focus is on is called by its own text, or by the label of the field. */
    private static final String CALLED = """
            () => {
              const one = document.activeElement;
              const label = one.labels && one.labels.length ? one.labels[0].textContent : one.textContent;
              return label.trim().replace(/\\\\s+/g, ' ');
            }""";

    /** As many tabs as it takes. */
    private static void tabTo(Page page, String name) {
        StringBuilder way = new StringBuilder();
        for (int tabs = 0; tabs < 80; tabs++) {
            String called = page.evaluate(CALLED).toString();
            if (called.equals(name) || called.equals(name + "*") || called.startsWith(name + " ")) {
                return;
            }
            way.append(called, 0, Math.min(30, called.length())).append(" | ");
            page.keyboard().press("Tab");
        }
        Assertions.fail("No way to \"" + name + "\" with the keyboard: " + way);
    }
}
