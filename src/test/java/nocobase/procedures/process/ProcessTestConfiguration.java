package nocobase.procedures.process;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.MovableClock;
import nocobase.procedures.audit.RecordingChannel;
import nocobase.procedures.process.wait.WatcherByHand;
import nocobase.procedures.rehearsal.Rehearsals;
import org.camunda.bpm.engine.impl.cfg.AbstractProcessEnginePlugin;
import org.camunda.bpm.engine.impl.cfg.ProcessEngineConfigurationImpl;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.annotation.Order;

@TestConfiguration(proxyBeanMethods = false)
@Import({Rehearsals.class, WatcherByHand.class})
class ProcessTestConfiguration {

    @Bean
    @Primary
    MovableClock movableClock() {
        return new MovableClock(Instant.parse("2027-01-10T02:00:00Z"));
    }

    @Bean
    RecordingChannel recordingChannel() {
        return new RecordingChannel();
    }

    @Bean
    FlowCoverage flowCoverage() {
        return new FlowCoverage();
    }

    @Bean
    @Order(1000)
    AbstractProcessEnginePlugin coveragePlugin(FlowCoverage coverage) {
        return new AbstractProcessEnginePlugin() {
            @Override
            public void preInit(ProcessEngineConfigurationImpl configuration) {
                configuration.setCustomPreBPMNParseListeners(new ArrayList<>(List.of(coverage)));
            }
        };
    }
}
