package nocobase.procedures.security;

import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.authorization.Groups;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.camunda.bpm.engine.impl.history.handler.HistoryEventHandler;
import org.springframework.stereotype.Component;

/** Puts our checks between people and the engine, before the engine is built. */
@Component
class EngineProtection extends AbstractProcessEnginePlugin {

    private static final Messages MESSAGES = Messages.of("security");

    /** Seconds after the first wrong password; doubled with each further one. */
    private static final int FIRST_DELAY = 3;
    /** Seconds at most. Never for good: whoever knows a name could lock its owner out in the night. */
    private static final int LONGEST_DELAY = 60;

    @Override
    public void preInit(ProcessEngineConfigurationImpl engine) {
        engine.setAuthorizationEnabled(true);
        engine.setDefaultUserPermissionNameForTask("TASK_WORK");
        engine.setStandaloneTasksEnabled(false);
        engine.setGeneralResourceWhitelistPattern(SecuritySettings.USER_ID);
        engine.setWebappsAuthenticationLoggingEnabled(true);
        engine.setAdminGroups(new ArrayList<>(List.of(Groups.CAMUNDA_ADMIN, Role.ADMINS.group())));
        engine.setResourceAuthorizationProvider(new TaskGrants());
        engine.setPasswordPolicy(new PasswordRules());
        engine.setEnablePasswordPolicy(true);
        throttleLogins(engine);
        protectServices(engine);
    }

    /** The engine counts wrong passwords itself, in the web applications and with Basic alike. */
    private static void throttleLogins(ProcessEngineConfigurationImpl engine) {
        engine.setLoginDelayBase(FIRST_DELAY);
        engine.setLoginDelayFactor(2);
        engine.setLoginDelayMaxTime(LONGEST_DELAY);
        engine.setLoginMaxAttempts(Integer.MAX_VALUE);
    }

    private static void protectServices(ProcessEngineConfigurationImpl engine) {
        engine.setIdentityService(new GuardedIdentityService());
        engine.setTaskService(new GuardedTaskService());
        engine.setFormService(new GuardedFormService());
        engine.setRuntimeService(new GuardedRuntimeService());
        List<HistoryEventHandler> handlers = new ArrayList<>(engine.getCustomHistoryEventHandlers());
        handlers.add(new VariableWrites());
        engine.setCustomHistoryEventHandlers(handlers);
    }

    @Override
    public void postProcessEngineBuild(ProcessEngine engine) {
        if (!engine.getProcessEngineConfiguration().isAuthorizationEnabled()) {
            throw new IllegalStateException(MESSAGES.text("start.authorizationOff"));
        }
    }
}
