package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** A language that nobody speaks stops the start with a sentence. */
@ExtendWith(OutputCaptureExtension.class)
class RefusedLanguageTest {

    @Configuration
    static class Nothing {}

    @Test
    void an_unknown_language_is_refused_with_the_ones_that_there_are(CapturedOutput output) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(Nothing.class)
                        .web(WebApplicationType.NONE)
                        .run("--procedures.language=fr"))
                .hasMessageContaining("procedures.language");
        assertThat(output)
                .contains("The configuration is refused", "procedures.language is \"fr\". Set it to en or pt-BR.")
                .doesNotContain("UnknownLanguageException:");
    }
}
