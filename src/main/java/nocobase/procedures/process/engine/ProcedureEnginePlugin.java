package nocobase.procedures.process.engine;

import java.util.ArrayList;
import java.util.List;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.springframework.stereotype.Component;

/** Brings the listeners of {@link ProcedureParseListener} and the incident tasks into the engine. */
@Component
class ProcedureEnginePlugin extends AbstractProcessEnginePlugin {

    private final ProcedureParseListener parseListener;

    ProcedureEnginePlugin(ProcedureParseListener parseListener) {
        this.parseListener = parseListener;
    }

    @Override
    public void preInit(ProcessEngineConfigurationImpl configuration) {
        if (configuration.getCustomPostBPMNParseListeners() == null) {
            configuration.setCustomPostBPMNParseListeners(new ArrayList<>());
        }
        configuration.getCustomPostBPMNParseListeners().add(parseListener);
        configuration.setFailedJobCommandFactory(new RestingJobs());
        configuration.setCustomIncidentHandlers(new ArrayList<>(List.of(new TechnicalIncidentHandler())));
    }
}
