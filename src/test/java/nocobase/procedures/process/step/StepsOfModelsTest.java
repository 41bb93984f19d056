package nocobase.procedures.process.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nocobase.procedures.process.ProcessTest;
import nocobase.procedures.process.wait.Condition;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Each service task and each wait of the models is one class: what is awaited was launched by the same step before. */
@ProcessTest
class StepsOfModelsTest {

    private static Set<BpmnModelInstance> models;

    @Autowired
    private Map<String, JavaDelegate> delegates;

    @Autowired
    private List<Condition> conditions;

    @BeforeAll
    static void readModels() throws IOException {
        try (var files = Files.list(Path.of("processes"))) {
            models = files.filter(file -> file.toString().endsWith(".bpmn"))
                    .map(file -> Bpmn.readModelFromFile(file.toFile()))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void everyMessageIsThatOfOneStep() {
        assertThat(conditions).extracting(Condition::message).doesNotHaveDuplicates();
        assertThat(conditions)
                .extracting(Condition::message)
                .containsExactlyInAnyOrderElementsOf(all(ReceiveTask.class).stream()
                        .map(task -> task.getMessage().getName())
                        .collect(Collectors.toSet()));
    }

    /** Or of a model of a former version, of which instances may run. */
    @Test
    void everyStepIsPartOfAModel() {
        assertThat(all(ServiceTask.class).stream()
                        .map(StepsOfModelsTest::bean)
                        .filter(delegates::containsKey)
                        .collect(Collectors.toSet()))
                .isEqualTo(delegates.entrySet().stream()
                        .filter(step ->
                                !step.getValue().getClass().getSimpleName().startsWith("Former"))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet()));
    }

    /** Where the wait's condition is a step with a service task, that task comes before it in the same sheet. */
    @Test
    void whatIsAwaitedWasLaunchedByTheSameStep() {
        Map<String, Condition> byMessage = new HashMap<>();
        conditions.forEach(condition -> byMessage.put(condition.message(), condition));
        Set<String> findings = new TreeSet<>();
        for (ReceiveTask task : all(ReceiveTask.class)) {
            Condition awaited = byMessage.get(task.getMessage().getName());
            if (awaited instanceof JavaDelegate && before(task).stream().noneMatch(node -> launches(node, awaited))) {
                findings.add(task.getId() + ": no service task before it launches "
                        + awaited.getClass().getSimpleName());
            }
        }
        assertThat(findings).isEmpty();
    }

    private boolean launches(FlowNode node, Condition awaited) {
        return node instanceof ServiceTask task && delegates.get(bean(task)) == awaited;
    }

    /** All that a token may have passed on its way to it, in the same process. */
    private static Set<FlowNode> before(FlowNode node) {
        Set<FlowNode> seen = new HashSet<>();
        follow(node, seen);
        return seen;
    }

    private static void follow(FlowNode node, Set<FlowNode> seen) {
        for (FlowNode previous : node.getPreviousNodes().list()) {
            if (seen.add(previous)) {
                follow(previous, seen);
            }
        }
        if (node instanceof BoundaryEvent boundary && seen.add(boundary.getAttachedTo())) {
            follow(boundary.getAttachedTo(), seen);
        }
        if (node.getParentElement() instanceof SubProcess parent && seen.add(parent)) {
            follow(parent, seen);
        }
    }

    private static String bean(ServiceTask task) {
        String expression = task.getCamundaDelegateExpression();
        return expression == null ? "" : expression.replaceAll("[${}]", "");
    }

    private static <T extends FlowNode> Collection<T> all(Class<T> type) {
        return models.stream()
                .flatMap(model -> model.getModelElementsByType(type).stream())
                .toList();
    }
}
