package nocobase.procedures.security;

import java.util.List;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.history.event.HistoricVariableUpdateEventEntity;
import org.camunda.bpm.engine.impl.history.event.HistoryEvent;
import org.camunda.bpm.engine.impl.history.event.HistoryEventTypes;
import org.camunda.bpm.engine.impl.history.handler.HistoryEventHandler;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;

/**
 * The last door: whatever way a person found to write a variable, if no check has let it in, it is not written. Deletions
 * pass (an ending instance deletes its variables); nobody has the right to remove single ones.
 */
class VariableWrites implements HistoryEventHandler {

    private static final Messages MESSAGES = Messages.of("security");

    @Override
    public void handleEvent(HistoryEvent event) {
        CommandContext engine = Context.getCommandContext();
        if (engine == null || !isWrite(event)) {
            return;
        }
        String person = PersonalActions.actor(engine);
        if (person != null) {
            String name = ((HistoricVariableUpdateEventEntity) event).getVariableName();
            throw Refusal.notAllowed(MESSAGES.text("variable.onlyByForms", person, name));
        }
    }

    private static boolean isWrite(HistoryEvent event) {
        return event instanceof HistoricVariableUpdateEventEntity
                && (event.isEventOfType(HistoryEventTypes.VARIABLE_INSTANCE_CREATE)
                        || event.isEventOfType(HistoryEventTypes.VARIABLE_INSTANCE_UPDATE));
    }

    @Override
    public void handleEvents(List<HistoryEvent> events) {
        events.forEach(this::handleEvent);
    }
}
