package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What can be chosen in a form is chosen in a real browser, and the engine then knows it. */
class EveryAnswerIT extends Office {

    @Autowired
    TaskService tasks;

    @Autowired
    IdentityService identity;

    @AfterEach
    void nothingIsLeft() {
        endEverything();
    }

    @Test
    void aPlanWithAWarningIsAccepted() {
        upgradeTo("2.2.33");
        Page olga = atTask("olga", "reviewPlan");
        choose(olga, "planAccepted", "Go on");
        Locator warnings = olga.locator(".fjs-form .fjs-form-field-checklist input[type=checkbox]");
        assertThat(warnings).hasCount(1);
        warnings.first().click();
        complete(olga);

        Awaitility.await("the plan is accepted")
                .atMost(LONG_ENOUGH)
                .until(() -> history.createHistoricActivityInstanceQuery()
                                .activityId("callActivity_suspendService")
                                .processInstanceId(upgrade())
                                .count()
                        == 1);
        Assertions.assertThat(stored("acceptedWarnings").toString()).matches("\\[\".+\"]");
    }

    private void upgradeTo(String version) {
        identity.setAuthentication("otto", List.of("ops"));
        try {
            runtime.startProcessInstanceByKey(
                    "version-upgrade", Map.of("cluster", "training", "targetVersion", version, "reason", "Security"));
        } finally {
            identity.clearAuthentication();
        }
    }

    private String upgrade() {
        return runtime.createProcessInstanceQuery()
                .processDefinitionKey("version-upgrade")
                .singleResult()
                .getId();
    }

    private Object stored(String variable) {
        return history.createHistoricVariableInstanceQuery().variableName(variable).list().stream()
                .map(found -> found.getValue())
                .filter(value -> value != null)
                .findFirst()
                .orElseThrow();
    }

    private Page atTask(String person, String key) {
        Awaitility.await(key).atMost(LONG_ENOUGH).until(() -> open(key).size() == 1);
        String task = open(key).get(0);
        tasks.setAssignee(task, person);
        Page page = desk(person, "tasklist");
        page.navigate(address("tasklist") + "#/?task=" + task);
        assertThat(page.locator(".task-card .form-actions button:has-text('Complete')"))
                .isVisible();
        return page;
    }

    private List<String> open(String key) {
        return tasks.createTaskQuery().taskDefinitionKey("userTask_" + key).list().stream()
                .map(task -> task.getId())
                .toList();
    }

    private static void choose(Page page, String question, String answer) {
        page.locator(".fjs-form-field-radio label", new Page.LocatorOptions().setHasText(answer))
                .last()
                .click();
    }

    private static void complete(Page page) {
        Locator complete = page.locator(".task-card").getByRole(AriaRole.BUTTON, in("Complete"));
        assertThat(complete).isEnabled();
        complete.click();
        assertThat(complete).hasCount(0);
    }
}
