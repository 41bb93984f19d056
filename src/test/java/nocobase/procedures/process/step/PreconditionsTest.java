package nocobase.procedures.process.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.language.Language;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Return to service says of the findings that it is there for. */
class PreconditionsTest {

    static List<Locale> languages() {
        return Language.ALL;
    }

    @AfterEach
    void backToEnglish() {
        Language.speak(Language.ENGLISH);
    }

    /** The words of a remedy say nothing of that: an adapter may name the procedure in any way, or not at all. */
    @ParameterizedTest
    @MethodSource("languages")
    void sendsNobodyToTheProcedureThatRuns(Locale language) {
        Language.speak(language);
        Check mended = Check.fail("Image", "2 images.", "Bring all nodes to one version.")
                .mendedByReturn();
        Check other =
                Check.fail("Room", "No room.", "Make room; not a matter of Return to service, Retorno ao serviço.");
        List<Check> found = Preconditions.found(true, List.of(mended, other));
        assertThat(found).extracting(Check::result).containsOnly(Check.Result.WARN);
        assertThat(found.get(0).remedy()).isNotBlank().doesNotContain("Bring all nodes");
        assertThat(found.get(1).remedy()).contains(other.remedy());
    }

    @ParameterizedTest
    @MethodSource("languages")
    void leavesTheFindingsOfOtherProceduresAsTheyAre(Locale language) {
        Language.speak(language);
        List<Check> checks =
                List.of(Check.fail("Image", "2 images.", "One version.").mendedByReturn());
        assertThat(Preconditions.found(false, checks)).isEqualTo(checks);
    }
}
