package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.IsInViewportOptions;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * The forms that no other browser test comes to, in Tasklist as a person sees them: everything is filled in, nothing is raw,
 * the browser complains of nothing, and the button is in sight.
 */
class FormsIT extends Office {

    private static final IsInViewportOptions WHOLE = new IsInViewportOptions().setRatio(1);
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 740;
    private static final int PHONE_WIDTH = 390;
    private static final int PHONE_HEIGHT = 700;

    @Autowired
    RepositoryService repository;

    @Autowired
    TaskService tasks;

    private final List<String> complaints = new ArrayList<>();
    private final Set<Page> listening = new HashSet<>();
    private ShownForm form;

    /** A test that failed leaves its dialog open. */
    @BeforeEach
    void nothingIsOpen() {
        Page olga = desk("olga", "tasklist");
        olga.navigate("about:blank");
        olga.setViewportSize(WIDTH, HEIGHT);
    }

    @AfterEach
    void nothingIsLeft() {
        if (form != null) {
            // Tasklist asks about the task that it shows: the engine answers 500 if that is deleted meanwhile.
            desk("olga", "tasklist").navigate("about:blank");
            form.remove();
            form = null;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "approve-procedure,approveProcedure",
        "choose-way-back,chooseWayBack",
        "choose-work,chooseWork",
        "decide-whether-engine-goes-on,decideWhetherEngineGoesOn",
        "look-after-cluster,lookAfterCluster",
        "mend-technical-incident,mendTechnicalIncident",
        "review-pruning,reviewPruning",
        "troubleshoot,troubleshoot",
        "wait-for-maintenance-window,waitForMaintenanceWindow",
        "work-by-hand,workByHand"
    })
    void aTasksFormIsWhole(String name, String key) {
        form = new ShownForm(repository, name);
        String task = form.task(runtime, tasks, key);
        Page olga = desk("olga", "tasklist");
        listen(olga);
        olga.navigate(address("tasklist") + "#/?task=" + task);

        Locator shown = olga.locator(".task-card .fjs-form");
        assertThat(shown).containsText("training");
        assertThat(shown.getByRole(AriaRole.TEXTBOX).first()).isVisible();
        Locator complete = olga.locator(".task-card .form-actions button:has-text('Complete')");
        assertThat(complete).isInViewport();
        isWhole(shown);
        picture(olga, Path.of("target", "browser", "form-" + name + ".png"));
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
        Locator start = olga.locator(".modal-content").getByRole(AriaRole.BUTTON, in("Start"));
        assertThat(start).isInViewport(WHOLE);
        picture(olga, Path.of("target", "browser", "start-" + procedure + ".png"));
        olga.setViewportSize(PHONE_WIDTH, PHONE_HEIGHT);
        assertThat(start).isInViewport(WHOLE);
        picture(olga, Path.of("target", "browser", "start-" + procedure + "-phone.png"));
        isWhole(shown);
        olga.locator(".modal-content").getByRole(AriaRole.BUTTON, in("Close")).click();
        assertThat(olga.locator(".modal-content")).hasCount(0);
    }

    private void isWhole(Locator form) {
        assertThat(form).not().containsText(Pattern.compile("\\{\\{|\\}\\}|\\bnull\\b|undefined|\\[object|NaN"));
        Assertions.assertThat(complaints).isEmpty();
    }

    private void listen(Page page) {
        complaints.clear();
        if (!listening.add(page)) {
            return;
        }
        page.onConsoleMessage(message -> {
            if (message.type().equals("error")) {
                complaints.add(message.text() + " " + message.location());
            }
        });
        page.onPageError(complaints::add);
    }
}
