package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.LoadState;
import java.nio.file.Path;
import java.util.regex.Pattern;
import nocobase.procedures.language.Language;
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

    @AfterAll
    void backToEnglish() {
        endEverything();
        Language.speak(Language.ENGLISH);
    }

    @Autowired
    RepositoryService repository;

    @Autowired
    TaskService tasks;

    @ParameterizedTest
    @CsvSource({
        "approve-procedure,approveProcedure",
        "approve-rollback,approveRollback",
        "choose-way-back,chooseWayBack",
        "choose-work,chooseWork",
        "decide-how-to-go-on,decideHowToGoOn",
        "decide-when-to-begin,decideWhenToBegin",
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

    /** Logged in once. */
    private Page portugueseDesk() {
        return desks.computeIfAbsent("olga", name -> {
            Page page = chromium.newContext(new Browser.NewContextOptions()
                            .setViewportSize(1200, 900)
                            .setLocale("en-US")
                            .setTimezoneId("America/Sao_Paulo"))
                    .newPage();
            page.navigate(address("tasklist"));
            page.waitForLoadState(LoadState.NETWORKIDLE);
            page.getByPlaceholder("Usuário").fill("olga");
            page.getByPlaceholder("Senha").fill(PASSWORD);
            page.getByRole(AriaRole.BUTTON, named("Entrar")).click();
            assertThat(page.locator(".task-filters")).containsText("Tarefas do meu grupo");
            return page;
        });
    }
}
