package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * People at work in a real browser: operators in Tasklist, the manager in Tasklist and Cockpit. {@code -Dscreens=docs/screens}
 * keeps pictures of what they see.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TasklistIT extends Office {

    @Autowired
    IdentityService identity;

    @Test
    @Order(1)
    void anOperatorUpgradesACluster() {
        Page olga = desk("olga", "tasklist");
        startUpgrade(olga, "2.2.16");

        openTask(olga, "Review plan: training 2.2.15 → 2.2.16");
        Locator form = olga.locator(".fjs-form");
        assertThat(form).containsText("Checks passed");
        assertThat(form).containsText("Same environment on all nodes");
        assertThat(row(form, "app-1")).containsText("running");
        assertThat(row(form, "app-3")).containsText("2.2.15");
        wholeScreen(olga, "review-plan");
        choose(olga, "Continue: I accept");
        complete(olga);

        Locator first = olga.locator(".tasks-list li.task").first();
        assertThat(first).containsText("Verify functionality: training 2.2.15 → 2.2.16");
        openTask(olga, "Verify functionality: training 2.2.15 → 2.2.16");
        assertThat(olga.locator("[cam-tasklist-task-meta] .due-date")).containsText(Pattern.compile("in \\d+ minutes"));
        assertThat(olga.locator(".navbar-brand, [cam-widget-header] .app-name").first())
                .containsText("NocoBase procedures");
        assertThat(olga.locator(".ce-eol-banner")).not().isVisible();
        assertThat(form).containsText("Clients have seen the maintenance page (503) since");
        assertThat(form).containsText("Verify NocoBase 2.2.16 on app-1");
        assertThat(form.getByRole(AriaRole.LINK)).hasAttribute("href", Pattern.compile("/rehearsal/training/node/.+"));
        assertThat(form).containsText(Pattern.compile("Restore point: training-\\w{8}, [0-9.]+ [MG]B, taken"));
        assertThat(row(form, "app-2")).containsText("stopped");
        assertThat(form).not().containsText("null");
        assertThat(olga.locator(".tasks-list li.task")).containsText("Down since");
        wholeScreen(olga, "verify-functionality");
        choose(olga, "It works");
        answer(olga, "What you checked", "Signed in, calendar and orders open");
        complete(olga);

        ended("endEvent_versionUpgraded");
    }

    @Test
    @Order(2)
    void aBrokenUpgradeIsRolledBackWithFourEyes() {
        Page olga = desk("olga", "tasklist");
        startUpgrade(olga, "2.2.17");
        openTask(olga, "Review plan: training 2.2.16 → 2.2.17");
        choose(olga, "Continue: I accept");
        complete(olga);

        openTask(olga, "Step failed: choose how to continue: training 2.2.16 → 2.2.17");
        Locator form = olga.locator(".fjs-form");
        assertThat(form).containsText("Step failed: Start first node (node app-1)");
        assertThat(form).containsText("APP_ERROR");
        assertThat(form).containsText("What to do:");
        assertThat(form.locator("pre")).containsText("migration");
        wholeScreen(olga, "decide-how-to-go-on");
        refusedWithoutAnswer(olga);
        choose(olga, "Request a rollback");
        answer(olga, "Reason", "The migration breaks the users table");
        complete(olga);

        Page maria = desk("maria", "tasklist");
        Locator request = listed(maria, "Approve rollback: training back to 2.2.16 from 2.2.17");
        assertThat(request).isVisible();
        olga.reload();
        assertThat(olga.locator(".task-filters")).containsText(Pattern.compile("My group.s tasks\\s+0"));
        refusedAsApproverOfHerOwnRequest(olga);

        Page cockpit = desk("maria", "cockpit");
        String instance = runtime.createProcessInstanceQuery()
                .processDefinitionKey("version-upgrade")
                .singleResult()
                .getId();
        cockpit.navigate(address("cockpit") + "#/process-instance/" + instance + "/runtime");
        assertThat(cockpit.locator("[data-element-id=callActivity_startFirstNode] .djs-visual"))
                .isVisible();
        cockpit.getByText("Called Process Instances").click();
        assertThat(cockpit.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Start first node"))
                        .first())
                .isVisible();
        screen(cockpit, "cockpit-running");
        cockpit.getByText("History", new Page.GetByTextOptions().setExact(true)).click();
        Locator history = cockpit.locator("[id='procedures-history'], .ctn-tabbed");
        assertThat(history).containsText("The migration breaks the users table");
        assertThat(history).containsText("Wait until first node is ready");
        assertThat(history).containsText("down since");
        assertThat(history).containsText("How to continue: Request a rollback");
        assertThat(history).containsText("olga claimed \"Step failed: choose how to continue: training");
        screen(cockpit, "cockpit-history");
        cockpit.navigate(address("cockpit") + "#/dashboard");
        assertThat(cockpit.locator(".cards .cluster:not(.procedures)")).containsText("Approve rollback: training");
        assertThat(cockpit.locator(".cards .cluster:not(.procedures)")).containsText("Maintenance page (503)");
        assertThat(cockpit.getByRole(AriaRole.LINK, named("Clusters")).first()).hasAttribute("href", "/status");
        Locator panel = cockpit.locator(".cards .cluster:not(.procedures)");
        assertThat(row(panel, "app-1")).containsText("2.2.17");
        assertThat(row(panel, "app-3")).containsText("stopped");
        assertThat(panel).containsText(Pattern.compile("Last restore point: training-\\w{8}, [0-9.]+ [MG]B, taken"));
        assertThat(panel).containsText("Version upgrade: Version upgraded");
        screen(cockpit, "cockpit-clusters");
        panel.getByRole(
                        AriaRole.LINK,
                        new Locator.GetByRoleOptions().setName(Pattern.compile("training-\\w{8} in Cockpit")))
                .click();
        assertThat(cockpit.locator("[id='procedures-history'], .ctn-tabbed"))
                .containsText("The migration breaks the users table");
        assertThat(cockpit.locator(".navbar-brand, [cam-widget-header] .app-name")
                        .first())
                .containsText("NocoBase procedures");
        assertThat(cockpit.locator(".ce-eol-banner")).not().isVisible();

        openTask(maria, "Approve rollback: training back to 2.2.16 from 2.2.17");
        Locator approval = maria.locator(".fjs-form");
        assertThat(approval).containsText("olga requests a rollback to NocoBase 2.2.16");
        assertThat(approval).containsText("The migration breaks the users table");
        wholeScreen(maria, "approve-rollback");
        choose(maria, "Approve");
        answer(maria, "Reason", "Agreed, we try again next week");
        complete(maria);

        openTask(olga, "Verify functionality: training back to 2.2.16 from 2.2.17");
        assertThat(form).containsText("Verify NocoBase 2.2.16 on app-1");
        assertThat(form).not().containsText("request a rollback");
        choose(olga, "It works");
        answer(olga, "What you checked", "As before");
        complete(olga);

        ended("endEvent_previousVersionRestored");
        opensTheEvidence(cockpit);
    }

    /** By night she is a manager too: the task comes into her list, and still it is not hers to decide. */
    private void refusedAsApproverOfHerOwnRequest(Page olga) {
        identity.createMembership("olga", "managers");
        try {
            olga.reload();
            listed(olga, "Approve rollback: training").click();
            olga.locator("[cam-tasklist-task-meta]")
                    .getByText("Claim", new Locator.GetByTextOptions().setExact(true))
                    .click();
            assertThat(olga.locator(".page-notifications")).containsText("somebody else must decide (four eyes)");
        } finally {
            identity.deleteMembership("olga", "managers");
            olga.reload();
        }
    }

    private void opensTheEvidence(Page cockpit) {
        cockpit.navigate(address("cockpit") + "#/dashboard");
        Locator panel = cockpit.locator(".cards .cluster:not(.procedures)");
        assertThat(panel).containsText("Version upgrade: Previous version restored");
        Download kept = cockpit.waitForDownload(
                () -> panel.getByRole(AriaRole.LINK, in("download")).first().click());
        Assertions.assertThat(kept.suggestedFilename()).matches("evidence-training-\\w{8}\\.html");
        panel.getByRole(AriaRole.LINK, in("evidence pack").setExact(true))
                .first()
                .click();
        assertThat(cockpit.locator("h1")).containsText("Version upgrade · training-");
        assertThat(cockpit.locator(".outcome")).containsText("Previous version restored");
        assertThat(row(cockpit.locator("body"), "Approve rollback: training").first())
                .containsText("Agreed, we try again next week");
        assertThat(row(cockpit.locator("body"), "Node app-1")).containsText("2.2.16, running");
        screen(cockpit, "evidence-pack");
    }

    private void startUpgrade(Page page, String version) {
        page.getByText("Start process").click();
        page.locator(".modal-content")
                .getByText("Version upgrade", new Locator.GetByTextOptions().setExact(true))
                .click();
        Locator form = page.locator(".modal-content .fjs-form");
        assertThat(form).containsText("Training (training)");
        form.getByLabel("Target version").fill(version);
        form.getByLabel("Reason").fill("Security fixes, ticket OPS-217");
        screen(page, "start");
        Locator start = page.locator(".modal-content").getByRole(AriaRole.BUTTON, in("Start"));
        assertThat(start).isEnabled();
        start.click();
        assertThat(page.locator(".modal-content")).hasCount(0);
    }

    /** Through the filter that Tasklist opens with; claims the task as a person must before the form takes answers. */
    private static void openTask(Page page, String name) {
        Locator listed = listed(page, name);
        assertThat(listed).isVisible();
        listed.click();
        assertThat(page.locator(".task-card h2")).containsText(name);
        Locator claim = page.locator("[cam-tasklist-task-meta]")
                .getByText("Claim", new Locator.GetByTextOptions().setExact(true));
        claim.click();
        assertThat(claim).hasCount(0);
        assertThat(page.locator(".task-card .form-actions button:has-text('Complete')"))
                .isVisible();
    }

    private static Locator listed(Page page, String name) {
        return page.locator(".tasks-list h4.task a", new Page.LocatorOptions().setHasText(name));
    }

    private static Locator row(Locator form, String node) {
        return form.locator("tr", new Locator.LocatorOptions().setHasText(node));
    }

    private static void choose(Page page, String answer) {
        page.locator(".fjs-form-field-radio label", new Page.LocatorOptions().setHasText(answer))
                .last()
                .click();
    }

    private static void answer(Page page, String question, String text) {
        page.locator(".fjs-form").getByLabel(question).fill(text);
    }

    private static void complete(Page page) {
        Locator complete = page.locator(".task-card .form-actions button:has-text('Complete')");
        assertThat(complete).isInViewport();
        assertThat(complete).isEnabled();
        complete.click();
        assertThat(complete).hasCount(0);
    }

    private static void refusedWithoutAnswer(Page page) {
        Locator complete = page.locator(".task-card .form-actions button:has-text('Complete')");
        complete.click();
        assertThat(page.locator(".fjs-form .fjs-form-field-error").first()).isVisible();
        assertThat(complete).isDisabled();
    }

    /** The last procedure ended there, and nothing is left. */
    private void ended(String endEvent) {
        Awaitility.await()
                .atMost(LONG_ENOUGH)
                .until(() -> runtime.createProcessInstanceQuery().count() == 0);
        HistoricProcessInstance last = history.createHistoricProcessInstanceQuery()
                .processDefinitionKey("version-upgrade")
                .orderByProcessInstanceStartTime()
                .desc()
                .list()
                .get(0);
        Assertions.assertThat(last.getEndActivityId()).isEqualTo(endEvent);
    }
}
