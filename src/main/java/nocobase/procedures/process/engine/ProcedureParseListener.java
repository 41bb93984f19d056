package nocobase.procedures.process.engine;

import nocobase.procedures.concurrent.Signal;
import nocobase.procedures.process.task.TaskCompleteListener;
import nocobase.procedures.process.task.TaskCreateListener;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.bpmn.behavior.UserTaskActivityBehavior;
import org.camunda.bpm.engine.impl.bpmn.parser.AbstractBpmnParseListener;
import org.camunda.bpm.engine.impl.cfg.TransactionState;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity;
import org.camunda.bpm.engine.impl.pvm.process.ActivityImpl;
import org.camunda.bpm.engine.impl.pvm.process.ScopeImpl;
import org.camunda.bpm.engine.impl.task.TaskDefinition;
import org.camunda.bpm.engine.impl.util.xml.Element;
import org.springframework.stereotype.Component;

/**
 * Adds what holds for every model, so that no model can forget it. Built-in listeners run even when an instance is deleted
 * with "skip custom listeners".
 */
@Component
class ProcedureParseListener extends AbstractBpmnParseListener {

    private final ProcedureStartListener start;
    private final ProcedureEndListener end;
    private final TaskCreateListener taskCreate;
    private final TaskCompleteListener taskComplete;
    private final Signal signal;
    private final AdmittedStepListener admittedStep;

    ProcedureParseListener(
            ProcedureStartListener start,
            ProcedureEndListener end,
            TaskCreateListener taskCreate,
            TaskCompleteListener taskComplete,
            AdmittedStepListener admittedStep,
            Signal signal) {
        this.start = start;
        this.end = end;
        this.taskCreate = taskCreate;
        this.taskComplete = taskComplete;
        this.signal = signal;
        this.admittedStep = admittedStep;
    }

    /** A process that people start is a procedure; the others are fragments of procedures. */
    @Override
    public void parseProcess(Element element, ProcessDefinitionEntity definition) {
        if (definition.isStartableInTasklist()) {
            definition.addBuiltInListener(ExecutionListener.EVENTNAME_START, start);
            definition.addBuiltInListener(ExecutionListener.EVENTNAME_END, end);
        }
    }

    @Override
    public void parseUserTask(Element element, ScopeImpl scope, ActivityImpl activity) {
        TaskDefinition task = ((UserTaskActivityBehavior) activity.getActivityBehavior()).getTaskDefinition();
        task.addBuiltInTaskListener(TaskListener.EVENTNAME_CREATE, taskCreate);
        task.addBuiltInTaskListener(TaskListener.EVENTNAME_COMPLETE, taskComplete);
    }

    @Override
    public void parseServiceTask(Element element, ScopeImpl scope, ActivityImpl activity) {
        activity.addBuiltInListener(ExecutionListener.EVENTNAME_START, admittedStep);
    }

    @Override
    public void parseReceiveTask(Element element, ScopeImpl scope, ActivityImpl activity) {
        activity.addBuiltInListener(
                ExecutionListener.EVENTNAME_START,
                execution -> Context.getCommandContext()
                        .getTransactionContext()
                        .addTransactionListener(TransactionState.COMMITTED, context -> signal.ring()));
    }
}
