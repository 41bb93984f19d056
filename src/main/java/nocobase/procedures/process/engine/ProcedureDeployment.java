package nocobase.procedures.process.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.process.Literal;
import nocobase.procedures.process.ModelTexts;
import nocobase.procedures.process.ShownTexts;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.spring.SpringProcessEngineConfiguration;
import org.camunda.bpm.spring.boot.starter.configuration.CamundaDeploymentConfiguration;
import org.camunda.bpm.spring.boot.starter.configuration.impl.AbstractCamundaConfiguration;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.stereotype.Component;

/**
 * Deploys all models and forms as one deployment, so that bindings to "deployment" resolve. A start form sees no process
 * variables, so the configured clusters are filled into it here. Models and forms
 * get the texts of the installation's language.
 */
@Component
class ProcedureDeployment extends AbstractCamundaConfiguration implements CamundaDeploymentConfiguration {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Clusters clusters;

    ProcedureDeployment(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public void preInit(SpringProcessEngineConfiguration configuration) {
        configuration.setDeploymentName("nocobase-cluster-procedures");
        configuration.setDeploymentResources(getDeploymentResources().toArray(Resource[]::new));
    }

    @Override
    public Set<Resource> getDeploymentResources() {
        Set<Resource> resources = new LinkedHashSet<>();
        try {
            for (Resource model : find("processes/*.bpmn")) {
                resources.add(new Named(
                        "processes/" + model.getFilename(),
                        ModelTexts.spoken(model.getInputStream().readAllBytes())));
            }
            for (Resource form : find("forms/*.form")) {
                resources.add(new Named("forms/" + form.getFilename(), spoken(form)));
            }
        } catch (IOException e) {
            throw new IllegalStateException("The models and forms cannot be read", e);
        }
        return resources;
    }

    private static Resource[] find(String pattern) throws IOException {
        return new PathMatchingResourcePatternResolver().getResources("classpath*:" + pattern);
    }

    private byte[] spoken(Resource resource) throws IOException {
        JsonNode form = MAPPER.readTree(resource.getInputStream());
        FormTexts.fill(form);
        for (JsonNode component : form.path("components")) {
            if (component.path("key").asText().equals(Variables.CLUSTER) && component.has("values")) {
                fill((ObjectNode) component);
            }
        }
        ShownTexts.use(form);
        return MAPPER.writeValueAsBytes(form);
    }

    private void fill(ObjectNode component) {
        ArrayNode values = component.putArray("values");
        for (Cluster cluster : clusters.all()) {
            values.addObject().put("label", Literal.label(label(cluster))).put("value", cluster.name());
        }
        if (values.size() == 1) {
            component.put("defaultValue", values.get(0).path("value").asText());
        }
    }

    private static String label(Cluster cluster) {
        ClusterSettings settings = cluster.settings();
        String label = settings.label() == null ? cluster.name() : settings.label() + " (" + cluster.name() + ")";
        return settings.runtime() == ClusterSettings.Kind.REHEARSAL
                ? label + " — " + FormTexts.text("start.rehearsal")
                : label;
    }

    /** The engine takes a byte array's description for the resource's name. */
    private static final class Named extends ByteArrayResource {

        private final String name;

        Named(String name, byte[] content) {
            super(content);
            this.name = name;
        }

        @Override
        public String getDescription() {
            return name;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Named named && named.name.equals(name);
        }

        @Override
        public int hashCode() {
            return name.hashCode();
        }
    }
}
