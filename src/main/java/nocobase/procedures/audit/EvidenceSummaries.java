package nocobase.procedures.audit;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Makes the lines of the list of evidence packs, from the engine's history. */
@Component
class EvidenceSummaries {

    private final HistoryService history;
    private final EvidenceReader reader;

    // The engine's own beans come last: listeners that lead here are part of its configuration.
    EvidenceSummaries(@Lazy HistoryService history, EvidenceReader reader) {
        this.history = history;
        this.reader = reader;
    }

    Optional<EvidenceSummary> of(String operation) {
        return reader.read(operation).map(this::summary);
    }

    private EvidenceSummary summary(EvidencePack pack) {
        Map<String, String> variables = variables(pack.operation());
        return new EvidenceSummary(
                pack.operation(),
                variables.getOrDefault("cluster", ""),
                pack.procedure(),
                versions(variables.get("previousVersion"), variables.get("targetVersion")),
                pack.outcome(),
                variables.getOrDefault("starter", ""),
                pack.startedAt(),
                pack.downtime() == null ? null : pack.downtime().toSeconds());
    }

    private Map<String, String> variables(String operation) {
        Map<String, String> values = new HashMap<>();
        history.createHistoricProcessInstanceQuery().processInstanceBusinessKey(operation).list().stream()
                .filter(instance -> instance.getSuperProcessInstanceId() == null)
                .findFirst()
                .map(HistoricProcessInstance::getId)
                .ifPresent(root -> history
                        .createHistoricVariableInstanceQuery()
                        .processInstanceId(root)
                        .variableNameIn("cluster", "previousVersion", "targetVersion", "starter")
                        .list()
                        .stream()
                        .filter(variable -> variable.getValue() != null)
                        .forEach(variable -> values.put(
                                variable.getName(), variable.getValue().toString())));
        return values;
    }

    private static String versions(String previous, String target) {
        if (target == null || target.isBlank() || target.equals(previous)) {
            return previous == null ? "" : previous;
        }
        return previous == null || previous.isBlank() ? target : previous + " → " + target;
    }
}
