package nocobase.procedures.process;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.springframework.stereotype.Component;

/** The steps' names in the deployed models. A deployed model never changes, so each is looked up once. */
@Component
public class StepNames {

    private final RepositoryService repository;
    private final Map<String, String> known = new ConcurrentHashMap<>();

    StepNames(RepositoryService repository) {
        this.repository = repository;
    }

    /**
     * @param definition id of the process definition
     * @param activity id of an element there
     * @return its name, or its id where it has none
     */
    public String of(String definition, String activity) {
        return known.computeIfAbsent(definition + " " + activity, any -> name(definition, activity));
    }

    private String name(String definition, String activity) {
        FlowElement element = repository.getBpmnModelInstance(definition).getModelElementById(activity);
        return element == null || element.getName() == null ? activity : element.getName();
    }
}
