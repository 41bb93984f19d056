package nocobase.procedures;

import nocobase.procedures.SharedContainersAtStart.SharedContainersException;
import nocobase.procedures.language.Messages;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which clusters share a container, instead of a stack trace. */
final class RefusedSharing extends AbstractFailureAnalyzer<SharedContainersException> {

    private static final Messages MESSAGES = Messages.of("configuration");

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SharedContainersException cause) {
        return new FailureAnalysis(
                MESSAGES.text("refused") + "\n\n    " + cause.getMessage(), MESSAGES.text("refused.remedy"), cause);
    }
}
