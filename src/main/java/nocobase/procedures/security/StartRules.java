package nocobase.procedures.security;

import java.util.Map;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.persistence.deploy.cache.DeploymentCache;
import org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity;

/** How people start a procedure: from its beginning, with the answers to its start form, and nothing else. */
final class StartRules {

    private static final Messages MESSAGES = Messages.of("security");

    private StartRules() {}

    /** For whoever wants to begin anywhere else. */
    static Refusal fromTheBeginning() {
        return Refusal.notAllowed(MESSAGES.text("start.fromTheBeginning"));
    }

    /** @return the answers that may be stored */
    static Map<String, Object> mayStart(
            CommandContext engine,
            ProcessDefinitionEntity definition,
            String businessKey,
            Map<String, Object> answers) {
        engine.getProcessEngineConfiguration()
                .getCommandCheckers()
                .forEach(checker -> checker.checkCreateProcessInstance(definition));
        if (!definition.isStartableInTasklist()) {
            throw Refusal.notAllowed(MESSAGES.text("start.fragment", definition.getName()));
        }
        if (businessKey != null && !businessKey.isBlank()) {
            throw Refusal.badInput(MESSAGES.text("start.businessKey"));
        }
        return Forms.ofStart(engine, definition.getId()).accept(answers, Map::of);
    }

    static ProcessDefinitionEntity definition(CommandContext engine, String id, String key) {
        DeploymentCache deployed = engine.getProcessEngineConfiguration().getDeploymentCache();
        return id != null
                ? deployed.findDeployedProcessDefinitionById(id)
                : deployed.findDeployedLatestProcessDefinitionByKey(key);
    }
}
