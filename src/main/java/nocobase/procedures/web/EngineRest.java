package nocobase.procedures.web;

import jakarta.ws.rs.ApplicationPath;
import org.camunda.bpm.spring.boot.starter.rest.CamundaJerseyResourceConfig;
import org.springframework.stereotype.Component;

/** The engine's REST interface, with our refusals readable. */
@Component
@ApplicationPath("/engine-rest")
class EngineRest extends CamundaJerseyResourceConfig {

    @Override
    protected void registerCamundaRestResources() {
        Refusals.install();
        super.registerCamundaRestResources();
    }
}
