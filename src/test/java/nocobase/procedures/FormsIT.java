package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.spin.plugin.variable.SpinValues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * The forms that no other browser test comes to, in Tasklist as a person sees them: everything is filled in, nothing is raw,
 * the browser complains of nothing, and the button is in sight.
 */
class FormsIT extends Office {

    /** What the procedures know when they ask. */
    private static final Map<String, Object> KNOWN = Map.ofEntries(
            Map.entry("procedure", "version-upgrade"),
            Map.entry("cluster", "training"),
            Map.entry("starter", "otto"),
            Map.entry("reason", "Security fixes"),
            Map.entry("previousVersion", "2.2.15"),
            Map.entry("recordedVersion", "2.2.15"),
            Map.entry("targetVersion", "2.2.16"),
            Map.entry("version", "2.2.16"),
            Map.entry("firstNode", "app-1"),
            Map.entry("privateLink", "http://127.0.0.1/enter"),
            Map.entry("details", "Enable the map plugin"),
            Map.entry("window", "2099-01-31T22:00:00Z"),
            Map.entry("downSince", Instant.parse("2027-01-10T02:00:00Z").toString()),
            Map.entry("failedOperation", "training-1a2b3c4d"),
            Map.entry("failedProcess", "Suspend service"),
            Map.entry("failedActivity", "Stop all nodes"),
            Map.entry("incidentMessage", "The container engine does not answer"),
            Map.entry("whatHappened", "Version upgrade was deleted by otto while it held this cluster"),
            Map.entry("deletionReason", "cleaned up by hand"),
            Map.entry("clientsSee", "The maintenance page is served"));

    @Autowired
    RepositoryService repository;

    @Autowired
    TaskService tasks;

    private final List<String> complaints = new ArrayList<>();
    private final Set<Page> listening = new HashSet<>();
    private String deployment;

    @AfterEach
    void nothingIsLeft() {
        if (deployment != null) {
            repository.deleteDeployment(deployment, true);
            deployment = null;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "approve-procedure,approveProcedure",
        "choose-way-back,chooseWayBack",
        "choose-work,chooseWork",
        "look-after-cluster,lookAfterCluster",
        "mend-technical-incident,mendTechnicalIncident",
        "review-pruning,reviewPruning",
        "troubleshoot,troubleshoot",
        "wait-for-maintenance-window,waitForMaintenanceWindow",
        "work-by-hand,workByHand"
    })
    void aTasksFormIsWhole(String form, String key) {
        String task = taskWith(form, key);
        Page olga = desk("olga", "tasklist");
        listen(olga);
        olga.navigate(address("tasklist") + "#/?task=" + task);

        Locator shown = olga.locator(".task-card .fjs-form");
        assertThat(shown).containsText("training");
        assertThat(shown.getByRole(AriaRole.TEXTBOX).first()).isVisible();
        Locator complete = olga.locator(".task-card .form-actions button:has-text('Complete')");
        assertThat(complete).isInViewport();
        isWhole(shown);
        picture(olga, java.nio.file.Path.of("target", "browser", "form-" + form + ".png"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"First start", "In-app maintenance", "Return to service"})
    void aStartFormIsWhole(String procedure) {
        Page olga = desk("olga", "tasklist");
        listen(olga);
        olga.navigate(address("tasklist") + "#/");
        olga.getByText("Start process").click();
        olga.locator(".modal-content")
                .getByText(procedure, new Locator.GetByTextOptions().setExact(true))
                .click();

        Locator shown = olga.locator(".modal-content .fjs-form");
        assertThat(shown).containsText("Training (training)");
        assertThat(shown.getByLabel("Reason")).isVisible();
        assertThat(olga.locator(".modal-content").getByRole(AriaRole.BUTTON, in("Start")))
                .isInViewport();
        isWhole(shown);
        olga.locator(".modal-content").getByRole(AriaRole.BUTTON, in("Close")).click();
        assertThat(olga.locator(".modal-content")).hasCount(0);
    }

    private void isWhole(Locator form) {
        assertThat(form).not().containsText(Pattern.compile("\\{\\{|\\}\\}|\\bnull\\b|undefined|\\[object|NaN"));
        Assertions.assertThat(complaints).isEmpty();
    }

    private String taskWith(String form, String key) {
        String process = "look-at-" + form;
        deployment = repository
                .createDeployment()
                .addModelInstance(
                        process + ".bpmn",
                        Bpmn.createExecutableProcess(process)
                                .name("Look at " + form)
                                .camundaHistoryTimeToLive(1)
                                .camundaStartableInTasklist(false)
                                .startEvent()
                                .userTask("userTask_" + key)
                                .name("Look at " + form)
                                .camundaFormRef(form)
                                .camundaFormRefBinding("latest")
                                .camundaCandidateGroups("ops")
                                .endEvent()
                                .done())
                .deploy()
                .getId();
        Map<String, Object> known = new HashMap<>(KNOWN);
        known.put(
                "checks",
                SpinValues.jsonValue(
                                "[{\"name\":\"Disk room\",\"result\":\"PASS\",\"finding\":\"12 GB free\",\"remedy\":\"\"}]")
                        .create());
        String instance = runtime.startProcessInstanceByKey(process, "training-1a2b3c4d", known)
                .getId();
        String task = tasks.createTaskQuery()
                .processInstanceId(instance)
                .singleResult()
                .getId();
        tasks.setAssignee(task, "olga");
        return task;
    }

    private void listen(Page page) {
        complaints.clear();
        if (!listening.add(page)) {
            return;
        }
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text());
            }
        });
        page.onPageError(complaints::add);
    }
}
