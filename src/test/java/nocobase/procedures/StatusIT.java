package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
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

/** The status view, as operators and managers see it while a procedure runs. */
class StatusIT extends Office {

    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(15);

    @Autowired
    TaskService tasks;

    @Autowired
    IdentityService identity;

    private final List<String> complaints = new ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        endEverything();
        complaints.clear();
    }

    @Test
    void whoIsNotLoggedInIsToldSoAndSeesNothing() {
        Page nobody = chromium.newContext().newPage();
        nobody.navigate(status());

        assertThat(nobody.getByRole(AriaRole.ALERT).first()).containsText("Log in to see the clusters");
        assertThat(nobody.locator(".cluster")).hasCount(0);
        nobody.context().close();
    }

    @Test
    void aManagerEndsAnUpgradeThroughItsOwnWayOut() {
        Page olga = desk("olga", "tasklist");
        listen(olga);
        olga.navigate(address("tasklist"));
        olga.getByRole(AriaRole.LINK, named("Status of the clusters")).click();
        Locator cluster = olga.getByRole(AriaRole.REGION, named("Training"));
        assertThat(cluster).containsText("No procedure runs here.");
        assertThat(cluster).containsText("In service");
        assertThat(row(cluster, "app-3")).containsText("running");

        start("2.2.16");

        assertThat(cluster).containsText("Review plan: training");
        assertThat(cluster).containsText("nobody has claimed it; it is for ops");
        answer("userTask_reviewPlan", Map.of("planAccepted", true));
        assertThat(cluster.locator(".down"))
                .containsText(Pattern.compile("Down since \\d\\d:\\d\\d:\\d\\d · \\d+:\\d\\d"));
        assertThat(cluster).containsText("Maintenance page (503)");
        assertThat(cluster).containsText("Verify functionality: training");
        assertThat(cluster.locator("li.here")).containsText("Verify functionality");
        assertThat(cluster.locator("li.coming").first()).containsText("Start other nodes");
        assertThat(cluster.locator("li.done").first()).containsText("Plan procedure");
        assertThat(cluster.getByRole(AriaRole.BUTTON, in("Break the lock"))).hasCount(0);
        assertThat(row(cluster, "app-3")).containsText("stopped");
        screen(olga, "status");

        Page maria = desk("maria", "cockpit");
        listen(maria);
        maria.navigate(status());
        Locator hers = maria.getByRole(AriaRole.REGION, named("Training"));
        hers.getByRole(AriaRole.BUTTON, in("Break the lock")).click();
        Locator dialog = maria.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Reason").fill("Wrong weekend; the boss's \"idea\" <b>");
        dialog.getByRole(AriaRole.BUTTON, in("Break the lock")).click();
        assertThat(maria.getByRole(AriaRole.STATUS)).containsText("is open to managers now");
        assertThat(hers).containsText("it is for managers, ops");

        Assertions.assertThat(complaints).isEmpty();
    }

    @Test
    void theStarterBeginsBeforeTheWindowAndAnotherOperatorBreaksTheGlass() {
        start("2.2.17", Map.of("window", "2099-01-31T22:00:00Z"));
        answer("userTask_reviewPlan", Map.of("planAccepted", true));
        Page olga = desk("olga", "tasklist").context().newPage();
        listen(olga);
        olga.navigate(status());
        Locator hers = olga.getByRole(AriaRole.REGION, named("Training"));
        hers.getByRole(AriaRole.BUTTON, in("Start now")).click();
        olga.getByRole(AriaRole.DIALOG)
                .getByRole(AriaRole.BUTTON, in("Start now"))
                .click();
        assertThat(olga.getByRole(AriaRole.STATUS)).containsText("The work begins now.");
        answer("userTask_decideHowToGoOn", Map.of("decision", "rollback", "decisionComment", "Broken"));
        assertThat(hers).containsText("Approve rollback: training back to 2.2.15 from 2.2.17");
        // She asked for it.
        assertThat(hers.getByRole(AriaRole.BUTTON, in("Break-glass"))).hasCount(0);
        olga.close();

        Page otto = desk("otto", "tasklist").context().newPage();
        listen(otto);
        otto.navigate(status());
        Locator his = otto.getByRole(AriaRole.REGION, named("Training"));
        his.getByRole(AriaRole.BUTTON, in("Break-glass")).click();
        Locator dialog = otto.getByRole(AriaRole.DIALOG);
        assertThat(dialog).containsText("Everybody is told");
        dialog.getByLabel("Reason").fill("No manager answers");
        dialog.getByRole(AriaRole.BUTTON, in("Break-glass")).click();
        assertThat(dialog.getByRole(AriaRole.ALERT)).containsText("Until then it waits for a manager.");
        Assertions.assertThat(tasks.createTaskQuery().taskCandidateUser("otto").count())
                .isZero();
        // The browser tells of the refusal.
        Assertions.assertThat(complaints).singleElement().asString().contains("status of 403", "/break-glass");
        complaints.clear();

        managersDidNotAnswer("userTask_approveRollback");
        dialog.getByRole(AriaRole.BUTTON, in("Break-glass")).click();
        assertThat(otto.getByRole(AriaRole.STATUS)).containsText("is open to you now");
        Assertions.assertThat(tasks.createTaskQuery().taskCandidateUser("otto").list())
                .extracting(Task::getTaskDefinitionKey)
                .containsExactly("userTask_approveRollback");
        Assertions.assertThat(complaints).isEmpty();
        otto.close();
    }

    @Test
    void everyPlannedProcedureIsShown() {
        start("2.2.16", Map.of("window", "2099-01-31T22:00:00Z"));
        answer("userTask_reviewPlan", Map.of("planAccepted", true));
        start("2.2.18", Map.of("window", "2099-02-28T22:00:00Z"));
        answer("userTask_reviewPlan", Map.of("planAccepted", true));
        Page olga = desk("olga", "tasklist").context().newPage();
        listen(olga);
        olga.navigate(status());
        Locator cluster = olga.getByRole(AriaRole.REGION, named("Training"));
        assertThat(cluster).containsText("→ 2.2.16");
        assertThat(cluster.locator(".planned")).hasCount(1);
        assertThat(cluster.locator(".planned"))
                .containsText(
                        Pattern.compile("Version upgrade.* → 2\\.2\\.18 · started by olga.*28/02/2099|2/28/2099"));
        Assertions.assertThat(complaints).isEmpty();
        olga.close();
    }

    /** Seen: it looked idle. */
    @Test
    void aClusterLeftBehindTheMaintenancePageShoutsAndIsBroughtBack() {
        start("2.2.23");
        answer("userTask_reviewPlan", Map.of("planAccepted", true));
        answer("userTask_verifyFunctionality", Map.of("verification", "works", "verificationComment", "All is well"));
        answer("userTask_decideHowToGoOn", Map.of("decision", "abort", "decisionComment", "Wait for the network"));
        Page olga = desk("olga", "tasklist").context().newPage();
        listen(olga);
        olga.navigate(status());
        Locator cluster = olga.getByRole(AriaRole.REGION, named("Training"));
        assertThat(cluster.locator(".left-behind"))
                .containsText(Pattern.compile("Down since \\d\\d:\\d\\d:\\d\\d · \\d+:\\d\\d"));
        assertThat(cluster.locator(".left-behind")).containsText("Left behind the maintenance page (503)");
        assertThat(cluster.locator(".left-behind")).containsText("by olga · Version upgrade training-");
        assertThat(cluster.locator(".left-behind")).containsText("“Wait for the network”");
        assertThat(cluster).containsText("Check abandoned cluster: training");
        assertThat(cluster.locator(".head")).containsText("Maintenance page (503)");
        screen(olga, "status-left-behind");
        olga.getByRole(AriaRole.BUTTON, named("Português")).click();
        assertThat(cluster.locator(".left-behind")).containsText("Deixado atrás da página de manutenção (503)");
        assertThat(cluster.getByRole(AriaRole.BUTTON, in("Retorno ao serviço"))).isVisible();
        screen(olga, "status-left-behind-pt");
        olga.getByRole(AriaRole.BUTTON, named("English")).click();

        cluster.getByRole(AriaRole.BUTTON, in("Return to service")).click();
        Locator dialog = olga.getByRole(AriaRole.DIALOG);
        dialog.getByLabel("Reason").fill("The network is back");
        dialog.getByRole(AriaRole.BUTTON, in("Return to service")).click();
        assertThat(olga.getByRole(AriaRole.STATUS)).containsText("Return to service has started");
        assertThat(cluster).containsText("Review plan: training");
        // Nobody works on it yet.
        assertThat(cluster.locator(".left-behind")).isVisible();
        answer("userTask_reviewPlan", Map.of("planAccepted", true));
        // Without a policy of its own a procedure needs a manager's approval.
        answer("maria", "userTask_approveProcedure", Map.of("procedureApproved", true));
        answer("userTask_chooseWayBack", Map.of("wayBack", "asIs", "wayBackComment", "as it is"));
        answer("userTask_verifyFunctionality", Map.of("verification", "works", "verificationComment", "All is well"));
        assertThat(cluster).containsText("No procedure runs here.");
        assertThat(cluster.locator(".down")).hasCount(0);
        assertThat(cluster.locator(".head")).containsText("In service");
        Assertions.assertThat(complaints).isEmpty();
        olga.close();
    }

    @Test
    void whatWasSeenLastStaysWhileTheEngineIsAwayAndAfterItsSessionsEnded() {
        Page olga = desk("olga", "tasklist").context().newPage();
        olga.navigate(status());
        Locator cluster = olga.getByRole(AriaRole.REGION, named("Training"));
        assertThat(row(cluster, "app-3")).containsText("running");

        olga.route("**/api/status", Route::abort);
        assertThat(olga.locator("#trouble"))
                .containsText(
                        Pattern.compile("The engine does not answer. What you see is as of \\d\\d:\\d\\d:\\d\\d\\."));
        assertThat(row(cluster, "app-3")).containsText("running");
        olga.unroute("**/api/status");
        assertThat(olga.locator("#trouble")).isHidden();

        olga.route("**/api/status", request -> request.fulfill(new Route.FulfillOptions().setStatus(401)));
        assertThat(olga.locator("#trouble"))
                .containsText(Pattern.compile("[Ll]og in.* What you see is as of \\d\\d:\\d\\d:\\d\\d\\."));
        assertThat(row(cluster, "app-3")).containsText("running");
        olga.close();
    }

    @Test
    void itWorksInPortugueseOnAPhoneWithTheKeyboardOnly() {
        start("2.2.16", Map.of("window", "2099-01-31T22:00:00Z"));
        answer("userTask_reviewPlan", Map.of("planAccepted", true));
        Page olga = desk("olga", "tasklist");
        Page phone = olga.context().newPage();
        listen(phone);
        phone.setViewportSize(390, 800);
        phone.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        phone.navigate(status());
        Locator cluster = phone.getByRole(AriaRole.REGION, named("Training"));
        assertThat(cluster).containsText("The work begins by itself");
        press(phone, "Português");
        assertThat(cluster).containsText("À espera de uma pessoa");
        assertThat(cluster).containsText("O trabalho começa sozinho");
        Assertions.assertThat((Boolean)
                        phone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .as("nothing sticks out at the side")
                .isTrue();
        screen(phone, "status-phone");

        press(phone, "Cancelar …");
        phone.keyboard().type("Janela errada");
        press(phone, "Cancelar");
        assertThat(phone.getByRole(AriaRole.STATUS)).containsText("Cancelado. Nada foi alterado.");
        assertThat(cluster).containsText("Nenhum procedimento em andamento.");
        press(phone, "Último");
        assertThat(cluster).containsText("Atualização recusada");
        // The choice of the language stays with the browser.
        press(phone, "English");
        assertThat(cluster).containsText("No procedure runs here.");
        Assertions.assertThat(complaints).isEmpty();
        phone.close();
    }

    /** By the keyboard alone: as many tabs as it takes, then Enter. */
    private static void press(Page page, String name) {
        for (int tabs = 0; tabs < 60; tabs++) {
            page.keyboard().press("Tab");
            Object focused = page.evaluate("document.activeElement.textContent.trim()");
            if (focused.equals(name)
                    || (name.equals("Último") && focused.toString().startsWith("Último"))) {
                page.keyboard().press("Enter");
                return;
            }
        }
        Assertions.fail("No way to \"" + name + "\" with the keyboard");
    }

    private void start(String version) {
        start(version, Map.of());
    }

    private void start(String version, Map<String, Object> more) {
        identity.setAuthentication("olga", List.of("ops"));
        try {
            Map<String, Object> form = new java.util.HashMap<>(more);
            form.putAll(Map.of("cluster", "training", "targetVersion", version, "reason", "Security fixes"));
            runtime.startProcessInstanceByKey("version-upgrade", form);
        } finally {
            identity.clearAuthentication();
        }
    }

    private void answer(String key, Map<String, Object> answers) {
        answer("olga", key, answers);
    }

    private void answer(String person, String key, Map<String, Object> answers) {
        Awaitility.await()
                .atMost(LONG_ENOUGH)
                .untilAsserted(
                        () -> Assertions.assertThat(tasks.createTaskQuery().list())
                                .extracting(Task::getTaskDefinitionKey)
                                .contains(key));
        String id =
                tasks.createTaskQuery().taskDefinitionKey(key).singleResult().getId();
        tasks.setAssignee(id, person);
        tasks.complete(id, answers);
    }

    /** As if the task had been open for the {@code answer-timeout} of 15 minutes. */
    private void managersDidNotAnswer(String key) {
        Task task = tasks.createTaskQuery().taskDefinitionKey(key).singleResult();
        Timestamp before = Timestamp.from(task.getCreateTime().toInstant().minus(ANSWER_TIMEOUT));
        jdbc.update("update act_ru_task set create_time_ = ? where id_ = ?", before, task.getId());
    }

    /** What the browser complains of: a page that breaks its own security policy shows here. */
    private void listen(Page page) {
        page.onConsoleMessage(message -> {
            // A refusal that was ordered above is no fault of the page.
            if (message.type().equals("error") && !message.text().contains("status of 400")) {
                complaints.add(message.text() + " " + message.location());
            }
        });
        page.onPageError(complaints::add);
    }

    private static Locator row(Locator cluster, String node) {
        return cluster.locator("tr", new Locator.LocatorOptions().setHasText(node));
    }

    private String status() {
        return "http://127.0.0.1:" + port + "/status";
    }
}
