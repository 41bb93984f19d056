package nocobase.procedures;

import nocobase.procedures.SharedContainersAtStart.SharedContainersException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says which clusters share a container, instead of a stack trace. */
final class RefusedSharing extends AbstractFailureAnalyzer<SharedContainersException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SharedContainersException cause) {
        return RefusedConfiguration.refused("    " + cause.getMessage(), cause);
    }
}
