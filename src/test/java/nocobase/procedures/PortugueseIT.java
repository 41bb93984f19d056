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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
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

    @Test
    void processesTasksFormsAndLabelsArePortugueseAndTimesAreOfTheReader() {
        Page olga = chromium.newContext(new Browser.NewContextOptions()
                        .setViewportSize(1200, 900)
                        .setLocale("en-US")
                        .setTimezoneId("America/Sao_Paulo"))
                .newPage();
        desks.put("olga", olga);
        olga.navigate(address("tasklist"));
        olga.waitForLoadState(LoadState.NETWORKIDLE);
        olga.getByPlaceholder("Usuário").fill("olga");
        olga.getByPlaceholder("Senha").fill(PASSWORD);
        olga.getByRole(AriaRole.BUTTON, named("Entrar")).click();
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
}
