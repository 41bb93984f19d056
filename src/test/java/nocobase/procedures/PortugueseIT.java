package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.LoadState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import nocobase.procedures.language.Language;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** An installation that speaks Portuguese, met by somebody whose browser does not, in another time zone than the engine. */
@TestPropertySource(properties = "procedures.language=pt-BR")
@DirtiesContext
class PortugueseIT extends Office {

    /** Where those who do not work on tasks log in. */
    private static final Map<String, String> START = Map.of("maria", "cockpit", "admin", "admin");

    @AfterAll
    void backToEnglish() {
        endEverything();
        Language.speak(Language.ENGLISH);
    }

    @Autowired
    RepositoryService repository;

    @Autowired
    TaskService tasks;

    @Autowired
    IdentityService identity;

    @ParameterizedTest
    @CsvSource({
        "approve-procedure,approveProcedure",
        "approve-rollback,approveRollback",
        "choose-way-back,chooseWayBack",
        "choose-work,chooseWork",
        "decide-how-to-go-on,decideHowToGoOn",
        "decide-when-to-begin,decideWhenToBegin",
        "decide-whether-engine-goes-on,decideWhetherEngineGoesOn",
        "look-after-cluster,lookAfterCluster",
        "mend-technical-incident,mendTechnicalIncident",
        "review-pruning,reviewPruning",
        "troubleshoot,troubleshoot",
        "wait-for-maintenance-window,waitForMaintenanceWindow",
        "work-by-hand,workByHand"
    })
    void eachTasksFormIsPortuguese(String name, String key) {
        ShownForm form = new ShownForm(repository, name);
        try {
            Page olga = portugueseDesk();
            olga.setViewportSize(1200, 1250);
            // From an empty page: the form of the task before would still be read, and "Carregando…" in its place.
            olga.navigate("about:blank");
            olga.navigate(address("tasklist") + "#/?task=" + form.task(runtime, tasks, key));
            assertThat(olga.locator(".task-card")).containsText("Look at " + name);
            Locator shown = olga.locator(".task-card .fjs-form");
            assertThat(shown).containsText("training");
            assertThat(shown).containsText(Pattern.compile("operação|Operação"));
            assertThat(olga.getByText("Carregando").filter(new Locator.FilterOptions().setVisible(true)))
                    .hasCount(0);
            assertThat(shown).not().containsText(Pattern.compile("@[a-z]+\\.[a-z]|\\{\\{|Node|Comment|Reason"));
            picture(olga, Path.of("target", "browser", "pt-form-" + name + ".png"));
        } finally {
            form.remove();
        }
    }

    @Test
    void processesTasksFormsAndLabelsArePortugueseAndTimesAreOfTheReader() {
        endEverything();
        Page olga = portugueseDesk();
        olga.navigate(address("tasklist") + "#/");
        assertThat(olga.locator(".task-filters")).containsText("Tarefas do meu grupo");

        olga.getByText("Iniciar procedimento").first().click();
        Locator dialog = olga.locator(".modal-content");
        assertThat(dialog).containsText("Retorno ao serviço");
        dialog.getByText("Atualização de versão", new Locator.GetByTextOptions().setExact(true))
                .click();
        assertThat(dialog).containsText("Todos os nós param");
        dialog.getByLabel("Versão de destino").fill("2.2.16");
        dialog.getByLabel("Motivo").fill("Correções de segurança");
        picture(olga, Path.of("target", "browser", "pt-start.png"));
        dialog.getByRole(AriaRole.BUTTON, in("Iniciar")).last().click();

        olga.getByText("Revisar plano: training 2.2.15 → 2.2.16").first().click();
        Locator form = olga.locator(".task-card .fjs-form");
        assertThat(form).containsText("Estado dos nós quando esta tarefa foi criada");
        assertThat(form).containsText("Verificações aprovadas");
        assertThat(form).not().containsText(Pattern.compile("UTC|@[a-z]+\\.[a-z]"));
        picture(olga, Path.of("target", "browser", "pt-review-plan.png"));
        olga.getByText("Assumir", new Page.GetByTextOptions().setExact(true)).click();
        olga.locator(".fjs-form-field-radio label", new Page.LocatorOptions().setHasText("Continuar: aceito o plano"))
                .click();
        olga.locator(".task-card .form-actions button:has-text('Concluir')").click();

        olga.getByText("Verificar a funcionalidade: training").first().click();
        assertThat(form).containsText("Verifique o NocoBase 2.2.16 no app-1");
        assertThat(form).containsText(Pattern.compile("desde \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\."));
        assertThat(form).not().containsText("UTC");
        picture(olga, Path.of("target", "browser", "pt-verify.png"));
    }

    @Test
    void cockpitsHistoryTheStatusViewAndThePagesForAccountsArePortuguese() {
        endEverything();
        start();
        Page maria = portugueseDesk("maria");
        Locator cards = maria.locator(".cards .cluster:not(.procedures)");
        maria.navigate(address("cockpit") + "#/dashboard");
        assertThat(cards).containsText("Revisar plano: training");
        maria.getByRole(AriaRole.LINK, named("no Cockpit")).first().click();
        maria.getByText("Histórico", new Page.GetByTextOptions().setExact(true))
                .first()
                .click();
        Locator history = maria.locator("[id='procedures-history'], .ctn-tabbed");
        assertThat(history).containsText("Visão geral");
        assertThat(history).containsText("Etapas, com as das instâncias chamadas");
        assertThat(history).not().containsText(Pattern.compile("\\b(Decisions|Steps|Phase|running|Nobody)\\b"));
        picture(maria, Path.of("target", "browser", "pt-cockpit-history.png"));

        maria.navigate(address("welcome"));
        assertThat(maria.getByText("Editar perfil").first()).isVisible();
        picture(maria, Path.of("target", "browser", "pt-welcome.png"));

        maria.navigate("http://127.0.0.1:" + port + "/status");
        assertThat(maria.getByRole(AriaRole.BUTTON, named("Quebrar o bloqueio")))
                .isVisible();
        assertThat(maria.locator(".cluster").first()).containsText("Revisar plano: training 2.2.15 → 2.2.16");
        maria.getByText("English", new Page.GetByTextOptions().setExact(true)).click();
        assertThat(maria.getByRole(AriaRole.BUTTON, named("Break the lock"))).isVisible();
        assertThat(maria.locator(".cluster").first()).containsText("Review plan: training 2.2.15 → 2.2.16");

        Page admin = portugueseDesk("admin");
        admin.navigate(address("admin") + "#/users");
        assertThat(admin.getByText("Lista de usuários").first()).isVisible();
        picture(admin, Path.of("target", "browser", "pt-admin.png"));
        admin.navigate(address("admin") + "#/groups");
        assertThat(admin.locator("body")).containsText("Operação");
    }

    private void start() {
        identity.setAuthentication("olga", List.of("ops"));
        try {
            runtime.startProcessInstanceByKey(
                    "version-upgrade", Map.of("cluster", "training", "targetVersion", "2.2.16", "reason", "Correções"));
        } finally {
            identity.clearAuthentication();
        }
    }

    private Page portugueseDesk() {
        return portugueseDesk("olga");
    }

    /** Logged in once. */
    private Page portugueseDesk(String person) {
        return desks.computeIfAbsent(person, name -> {
            Page page = chromium.newContext(new Browser.NewContextOptions()
                            .setViewportSize(1200, 900)
                            .setLocale("en-US")
                            .setTimezoneId("America/Sao_Paulo"))
                    .newPage();
            page.navigate(address(START.getOrDefault(name, "tasklist")));
            page.waitForLoadState(LoadState.NETWORKIDLE);
            page.getByPlaceholder("Usuário").fill(name);
            page.getByPlaceholder("Senha").fill(PASSWORD);
            page.getByRole(AriaRole.BUTTON, named("Entrar")).click();
            assertThat(page.getByPlaceholder("Senha")).hasCount(0);
            return page;
        });
    }
}
