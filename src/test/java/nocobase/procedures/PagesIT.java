package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Our own pages beside Tasklist: everybody can use them, on a phone too, and they hold what people look for. */
class PagesIT extends Office {

    private static final int PHONE = 360;
    private static final String SIDEWAYS =
            "document.documentElement.scrollWidth > document.documentElement.clientWidth";

    @Autowired
    TaskService tasks;

    @Autowired
    IdentityService identity;

    @AfterEach
    void nothingIsLeft() {
        endEverything();
    }

    @Test
    void theListOfEvidenceIsFilteredAndSearched() {
        upgradeThatIsDeclined("2.2.16");
        Page olga = phone();
        olga.setViewportSize(1200, 800);
        olga.navigate(address("").replaceFirst("/camunda/.*", "/evidence/"));
        Locator rows = olga.locator("tbody tr");
        Locator newest = rows.first();
        assertThat(newest).containsText("training");
        assertThat(newest).containsText("Version upgrade");
        assertThat(newest).containsText("2.2.15 → 2.2.16");
        assertThat(newest).containsText("Upgrade refused");
        assertThat(newest).containsText("olga");
        usableByEverybody(olga, "evidence-list");

        olga.getByLabel("Search").fill("no such words");
        olga.getByRole(AriaRole.BUTTON, named("Show")).click();
        assertThat(rows).hasCount(0);
        olga.getByLabel("Search").fill("olga refused");
        olga.getByLabel("Procedure").selectOption("Version upgrade");
        olga.getByRole(AriaRole.BUTTON, named("Show")).click();
        assertThat(newest).containsText("Upgrade refused");

        newest.getByRole(AriaRole.LINK).first().click();
        assertThat(olga.locator("h1")).containsText("Version upgrade · training-");
        assertThat(olga.locator("h2").first()).containsText("Steps");
        assertThat(olga.locator("details td").first()).isHidden();
        usableByEverybody(olga, "evidence-pack");
        olga.close();
    }

    @Test
    void thePrivateLinkOfARehearsalOpensThePageOfTheNodeUnderTest() {
        start("2.2.16");
        Task plan = task("userTask_reviewPlan");
        tasks.complete(plan.getId(), Map.of("planAccepted", true));
        Task verify = task("userTask_verifyFunctionality");
        tasks.setAssignee(verify.getId(), "olga");
        Page olga = phone();
        olga.navigate(address("tasklist") + "#/?task=" + verify.getId());
        Locator help = olga.getByRole(AriaRole.LINK, named("Help with this form"));
        assertThat(help).hasAttribute("href", "/status/help.html#verify-functionality");
        Locator link = olga.locator(".fjs-form a[href*='/rehearsal/training/node/']");
        assertThat(link).hasAttribute("target", "_blank");
        assertThat(link).hasAttribute("rel", "noopener");
        Page node = olga.context().waitForPage(link::click);
        assertThat(node.locator("h1")).containsText("app-1 of the rehearsal cluster training");
        assertThat(node.locator("body")).containsText("NocoBase 2.2.16 runs here.");
        assertThat(node.locator("body")).containsText("This is a simulation");
        assertThat(node.locator("body")).containsText("workflow-sql");
        usableByEverybody(node, "rehearsal-node");

        Page status = phone();
        status.navigate(address("").replaceFirst("/camunda/.*", "/status"));
        assertThat(status.locator(".cluster")).containsText("Verify functionality");
        status.getByText("Log of the first node").click();
        assertThat(status.locator("[data-log] pre")).containsText(Pattern.compile("app-1[\\s\\S]*load plugin"));
        status.getByText("Start a procedure").click();
        assertThat(status.locator("#start a")).hasCount(4);
        usableByEverybody(status, "status");
        status.locator("#start a", new Page.LocatorOptions().setHasText("In-app maintenance"))
                .click();
        assertThat(status.locator(".modal-content .fjs-form")).containsText("Training (training)");
        node.close();
        status.close();
        olga.close();
    }

    @Test
    void cockpitBeginsWithTheFourProcedures() {
        Page maria = desk("maria", "cockpit");
        maria.navigate(address("cockpit") + "#/dashboard");
        Locator procedures = maria.locator(".cards .procedures");
        assertThat(procedures.locator("> table tr")).hasCount(4);
        assertThat(procedures.locator("> table")).containsText("Return to service");
        assertThat(procedures.locator("details tr").first()).isHidden();
        procedures.locator("summary").click();
        procedures.getByRole(AriaRole.SEARCHBOX).fill("tidy");
        assertThat(procedures.locator("details tr:visible")).hasCount(1);
    }

    @Test
    void theMaintenancePageIsUsableByEverybody() throws IOException {
        Page anybody = chromium.newContext().newPage();
        anybody.setContent(Files.readString(Path.of("src/main/resources/nocobase/procedures/balancer/maintenance.html"))
                .replace("{{lang}}", "en")
                .replaceAll("\\{\\{(step|end)-row}}", "<dt>Expected back</dt><dd>soon</dd>")
                .replaceAll("\\{\\{[^}]*}}", "Back soon"));
        usableByEverybody(anybody, "maintenance");
        anybody.context().close();
    }

    private Page phone() {
        Page page = desk("olga", "tasklist").context().newPage();
        page.setViewportSize(PHONE, 740);
        return page;
    }

    private static void usableByEverybody(Page page, String name) {
        picture(page, Path.of("target", "browser", "page-" + name + ".png"));
        Assertions.assertThat(Axe.seriousIn(page)).as(name).isEmpty();
        var usual = page.viewportSize();
        page.setViewportSize(PHONE, 740);
        picture(page, Path.of("target", "browser", "page-" + name + "-phone.png"));
        Assertions.assertThat((Boolean) page.evaluate(SIDEWAYS))
                .as(name + " scrolls sideways")
                .isFalse();
        page.setViewportSize(usual.width, usual.height);
    }

    private void upgradeThatIsDeclined(String version) {
        start(version);
        tasks.complete(task("userTask_reviewPlan").getId(), Map.of("planAccepted", false));
        Awaitility.await()
                .atMost(LONG_ENOUGH)
                .until(() -> runtime.createProcessInstanceQuery().count() == 0);
    }

    private void start(String version) {
        identity.setAuthentication("olga", List.of("ops"));
        try {
            runtime.startProcessInstanceByKey(
                    "version-upgrade",
                    Map.of("cluster", "training", "targetVersion", version, "reason", "Security fixes"));
        } finally {
            identity.clearAuthentication();
        }
    }

    private Task task(String key) {
        var query = tasks.createTaskQuery().taskDefinitionKey(key);
        Awaitility.await().atMost(LONG_ENOUGH).until(() -> query.count() == 1);
        return query.singleResult();
    }
}
