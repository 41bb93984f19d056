package nocobase.procedures.security;

import java.util.Map;
import org.camunda.bpm.engine.impl.interceptor.CommandContext;
import org.camunda.bpm.engine.impl.persistence.deploy.cache.DeploymentCache;
import org.camunda.bpm.engine.impl.persistence.entity.ProcessDefinitionEntity;

/** How people start a procedure: from its beginning, with the answers to its start form, and nothing else. */
final class StartRules {

    static final String FROM_THE_BEGINNING =
            "A procedure starts at its beginning and with all its listeners: they claim the cluster.";

    private StartRules() {}

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
            throw Refusal.notAllowed("\"" + definition.getName() + "\" is a part of other procedures and is not started"
                    + " by itself.");
        }
        if (businessKey != null && !businessKey.isBlank()) {
            throw Refusal.badInput("The business key is given by the engine. Leave it out.");
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
