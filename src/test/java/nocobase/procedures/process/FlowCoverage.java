package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.impl.bpmn.parser.AbstractBpmnParseListener;
import org.camunda.bpm.engine.impl.pvm.process.ScopeImpl;
import org.camunda.bpm.engine.impl.pvm.process.TransitionImpl;
import org.camunda.bpm.engine.impl.util.xml.Element;
import org.camunda.bpm.engine.repository.ProcessDefinition;

/** Which sequence flows of which model the tests took. */
class FlowCoverage extends AbstractBpmnParseListener {

    private final Set<String> all = new ConcurrentSkipListSet<>();
    private final Set<String> taken = new ConcurrentSkipListSet<>();

    @Override
    public void parseSequenceFlow(Element element, ScopeImpl scope, TransitionImpl transition) {
        String flow = ((ProcessDefinition) scope.getProcessDefinition()).getKey() + "/" + transition.getId();
        all.add(flow);
        transition.addListener(ExecutionListener.EVENTNAME_TAKE, execution -> taken.add(flow));
    }

    /** @param models process ids */
    Set<String> missed(Set<String> models) {
        Set<String> missed = new TreeSet<>(all);
        missed.removeIf(flow -> !models.contains(flow.substring(0, flow.indexOf('/'))));
        assertThat(missed).as("flows of " + models).isNotEmpty();
        missed.removeAll(taken);
        return missed;
    }
}
