package nocobase.procedures;

import nocobase.procedures.language.UnknownLanguageException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which language is configured and which ones there are, instead of a stack trace. */
final class RefusedLanguage extends AbstractFailureAnalyzer<UnknownLanguageException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnknownLanguageException cause) {
        return RefusedConfiguration.refused("    " + cause.getMessage(), cause);
    }
}
