package nocobase.procedures.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.audit.EvidencePack.Step;
import nocobase.procedures.audit.Inventory.When;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.history.HistoricActivityInstance;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Reads a run of a procedure, with all fragments that it called, from the engine's history. */
@Component
class EvidenceReader {

    private static final Set<String> SHOWN =
            Set.of("serviceTask", "receiveTask", "userTask", "boundaryError", "boundaryTimer");
    private static final Messages MESSAGES = Messages.of("audit");
    /** Variables that are shown, in this order; each has its label. */
    private static final List<String> FACTS = List.of(
            "cluster",
            "previousVersion",
            "targetVersion",
            "starter",
            "reason",
            "window",
            "restorePoint",
            "firstNode",
            "withoutNodes");

    private final HistoryService history;
    private final RepositoryService repository;
    private final Decisions decisions;
    private final Remarks remarks;
    private final Inventories inventories;
    private final Downtimes downtimes;
    private final Deeds deeds;

    // The engine's own beans come last: listeners that lead here are part of its configuration.
    EvidenceReader(
            @Lazy HistoryService history,
            @Lazy RepositoryService repository,
            Decisions decisions,
            Remarks remarks,
            Inventories inventories,
            Downtimes downtimes,
            Deeds deeds) {
        this.downtimes = downtimes;
        this.inventories = inventories;
        this.deeds = deeds;
        this.history = history;
        this.repository = repository;
        this.decisions = decisions;
        this.remarks = remarks;
    }

    Optional<EvidencePack> read(String operation) {
        List<HistoricProcessInstance> instances = history.createHistoricProcessInstanceQuery()
                .processInstanceBusinessKey(operation)
                .list();
        return instances.stream()
                .filter(instance -> instance.getSuperProcessInstanceId() == null)
                .findFirst()
                .map(root -> pack(operation, root, instances));
    }

    private EvidencePack pack(String operation, HistoricProcessInstance root, List<HistoricProcessInstance> instances) {
        Map<String, String> variables = variables(root.getId());
        Inventory after = inventories.of(operation, When.AFTER).orElse(null);
        List<HistoricActivityInstance> activities = instances.stream()
                .flatMap(instance ->
                        history
                                .createHistoricActivityInstanceQuery()
                                .processInstanceId(instance.getId())
                                .list()
                                .stream())
                .sorted(Comparator.comparing(HistoricActivityInstance::getStartTime))
                .toList();
        Map<String, String> names = new HashMap<>();
        instances.forEach(instance -> names.put(instance.getId(), instance.getProcessDefinitionName()));
        return new EvidencePack(
                operation,
                root.getProcessDefinitionName(),
                facts(variables, after == null ? null : after.restorePoint()),
                root.getStartTime().toInstant(),
                moment(root.getEndTime()),
                outcome(root),
                downtimes(operation, variables.get("cluster"), root.getEndTime() == null),
                inventories.of(operation, When.BEFORE).orElse(null),
                after,
                activities.stream()
                        .filter(activity -> SHOWN.contains(activity.getActivityType()))
                        .map(activity -> step(activity, names))
                        .toList(),
                EvidenceAnswers.of(decisions.of(operation)),
                remarks(operation, instances));
    }

    /** A procedure that runs on a cluster without service has a part in its downtime before it touches it. */
    private List<Downtime> downtimes(String operation, String cluster, boolean running) {
        List<Downtime> all = new ArrayList<>(downtimes.of(operation));
        if (running && all.stream().noneMatch(Downtime::lasts)) {
            downtimes.lasting(cluster).ifPresent(all::add);
        }
        return all;
    }

    /** What happened from outside, and what people did beside their forms, in order. */
    private List<Remark> remarks(String operation, List<HistoricProcessInstance> instances) {
        List<Remark> all = new ArrayList<>(remarks.of(operation));
        instances.forEach(instance -> all.addAll(deeds.of(operation, instance.getId())));
        all.sort(Comparator.comparing(Remark::at));
        return all;
    }

    private Map<String, String> variables(String instance) {
        Map<String, String> values = new HashMap<>();
        history.createHistoricVariableInstanceQuery()
                .processInstanceId(instance)
                .list()
                .forEach(variable -> values.put(variable.getName(), String.valueOf(variable.getValue())));
        return values;
    }

    /** @param restorePoint in words, or null as long as only its id is known */
    private static Map<String, String> facts(Map<String, String> variables, String restorePoint) {
        Map<String, String> facts = new LinkedHashMap<>();
        for (String variable : FACTS) {
            String value = variables.get(variable);
            if (value != null && !value.isBlank() && !value.equals("null")) {
                facts.put(label(variable), value);
            }
        }
        if (restorePoint != null) {
            facts.put(label("restorePoint"), restorePoint);
        }
        return facts;
    }

    /** A procedure has one token at its end, so that the end's id is one: what the engine deprecates it for. */
    @SuppressWarnings("deprecation")
    private static String label(String variable) {
        return MESSAGES.text("fact." + variable);
    }

    private String outcome(HistoricProcessInstance root) {
        if (root.getEndTime() == null) {
            return "";
        }
        if (root.getEndActivityId() == null || root.getDeleteReason() != null) {
            return MESSAGES.text("outcome.byHand", root.getDeleteReason());
        }
        var end = repository
                .getBpmnModelInstance(root.getProcessDefinitionId())
                .getModelElementById(root.getEndActivityId());
        return end == null ? root.getEndActivityId() : end.getAttributeValue("name");
    }

    private static Step step(HistoricActivityInstance activity, Map<String, String> names) {
        return new Step(
                names.get(activity.getProcessInstanceId()),
                activity.getActivityName(),
                activity.getStartTime().toInstant(),
                moment(activity.getEndTime()),
                activity.isCanceled());
    }

    private static Instant moment(Date date) {
        return date == null ? null : date.toInstant();
    }
}
