package nocobase.procedures.process.status;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Activity;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.bpmndi.BpmnShape;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** What comes next if all goes well: our models draw the happy path on a straight line, so the way that goes on straight. */
@Component
class ProcedurePath {

    private record Place(String definition, String activity) {}

    private final RepositoryService repository;
    private final Map<Place, List<String>> known = new ConcurrentHashMap<>();

    ProcedurePath(@Lazy RepositoryService repository) {
        this.repository = repository;
    }

    /** Names of the activities that follow the one with that id. */
    List<String> after(String definition, String activity) {
        return known.computeIfAbsent(new Place(definition, activity), this::walk);
    }

    /** Name of an element of a model, or its id where it has none. */
    String nameOf(String definition, String element) {
        var found = repository.getBpmnModelInstance(definition).getModelElementById(element);
        String name = found == null ? null : found.getAttributeValue("name");
        return name == null ? element : name;
    }

    private List<String> walk(Place place) {
        BpmnModelInstance model = repository.getBpmnModelInstance(place.definition());
        List<String> names = new ArrayList<>();
        if (model.getModelElementById(place.activity()) instanceof FlowNode here) {
            onFrom(here, names, new HashSet<>());
        }
        return List.copyOf(names);
    }

    private static void onFrom(FlowNode here, List<String> names, Set<FlowNode> seen) {
        FlowNode next = straightOn(here);
        while (next != null && seen.add(next)) {
            if (next instanceof SubProcess phase) {
                inside(phase, names, seen);
            } else if (next instanceof Activity activity) {
                names.add(activity.getName());
            } else if (next instanceof EndEvent && next.getParentElement() instanceof SubProcess around) {
                next = around;
            }
            next = straightOn(next);
        }
    }

    private static void inside(SubProcess phase, List<String> names, Set<FlowNode> seen) {
        List<String> within = new ArrayList<>();
        phase.getChildElementsByType(StartEvent.class).stream().findFirst().ifPresent(start -> {
            FlowNode next = straightOn(start);
            while (next != null && !(next instanceof EndEvent) && seen.add(next)) {
                if (next instanceof Activity activity) {
                    within.add(activity.getName());
                }
                next = straightOn(next);
            }
        });
        names.addAll(within);
    }

    private static FlowNode straightOn(FlowNode here) {
        FlowNode best = null;
        double least = Double.MAX_VALUE;
        for (SequenceFlow flow : here.getOutgoing()) {
            double turn = Math.abs(height(flow.getTarget()) - height(here));
            if (turn < least) {
                least = turn;
                best = flow.getTarget();
            }
        }
        return best;
    }

    private static double height(FlowNode node) {
        return node.getDiagramElement() instanceof BpmnShape shape
                ? shape.getBounds().getY() + shape.getBounds().getHeight() / 2
                : 0;
    }
}
