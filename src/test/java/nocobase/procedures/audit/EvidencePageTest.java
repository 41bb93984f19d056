package nocobase.procedures.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import nocobase.procedures.language.Language;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the page says, in the language of the installation. */
class EvidencePageTest {

    @AfterEach
    void backToEnglish() {
        Language.speak(Language.ENGLISH);
    }

    @Test
    void saysInWhichLanguageAndTimeZoneItIs() {
        assertThat(page())
                .contains("<html lang=\"en\">", "Started", "Decisions", "Times are in time zone America/Sao_Paulo.");

        Language.speak(Language.PORTUGUESE);

        assertThat(page())
                .contains(
                        "<html lang=\"pt-BR\">",
                        "Em execu&ccedil;&atilde;o",
                        "Decis&otilde;es",
                        "Hor&aacute;rios no fuso hor&aacute;rio America/Sao_Paulo.")
                .doesNotContain("Still running", "Decisions", "Steps");
    }

    private static String page() {
        return EvidencePage.of(pack(), ZoneId.of("America/Sao_Paulo"));
    }

    private static EvidencePack pack() {
        return new EvidencePack(
                "prod-1a2b3c4d",
                "Version upgrade",
                Map.of("Cluster", "prod"),
                Instant.parse("2026-03-01T03:00:00Z"),
                null,
                "",
                List.of(),
                null,
                null,
                List.of(),
                List.of(),
                List.of());
    }
}
