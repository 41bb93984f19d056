package nocobase.procedures.process;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.engine.history.HistoricVariableInstance;
import org.springframework.stereotype.Component;

/** How long a cluster is out of service, judged by the last runs of the same procedure there; no estimate without one. */
@Component
class Estimates {

    private static final int RUNS = 5;

    private final HistoryService history;

    Estimates(HistoryService history) {
        this.history = history;
    }

    /** @return when the service is expected back, or null where this procedure never ran on the cluster */
    Instant endOf(Step step, Instant since) {
        List<Duration> downtimes = history
                .createHistoricProcessInstanceQuery()
                .processDefinitionKey(step.required(Variables.PROCEDURE))
                .processInstanceBusinessKeyLike(step.cluster().name() + "-%")
                .completed()
                .orderByProcessInstanceEndTime()
                .desc()
                .listPage(0, RUNS)
                .stream()
                .map(this::downtime)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        return downtimes.isEmpty() ? null : since.plus(downtimes.get(downtimes.size() / 2));
    }

    private Duration downtime(HistoricProcessInstance run) {
        HistoricVariableInstance since = history.createHistoricVariableInstanceQuery()
                .processInstanceId(run.getId())
                .variableName(Variables.DOWN_SINCE)
                .singleResult();
        return since == null || since.getValue() == null
                ? null
                : Duration.between(
                        Instant.parse(since.getValue().toString()),
                        run.getEndTime().toInstant());
    }
}
