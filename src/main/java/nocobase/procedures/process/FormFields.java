package nocobase.procedures.process;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.io.ClassPathResource;

/** The fields of a task's form that a person fills in (those that are neither texts nor read-only). */
final class FormFields {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Map<String, List<String>> FIELDS = new ConcurrentHashMap<>();

    private FormFields() {}

    static List<String> of(String formKey) {
        return FIELDS.computeIfAbsent(formKey, FormFields::read);
    }

    private static List<String> read(String formKey) {
        try (InputStream form = new ClassPathResource("forms/" + formKey + ".form").getInputStream()) {
            List<String> fields = new ArrayList<>();
            collect(MAPPER.readTree(form).path("components"), fields);
            return List.copyOf(fields);
        } catch (IOException e) {
            throw new IllegalStateException("There is no form " + formKey, e);
        }
    }

    private static void collect(JsonNode components, List<String> fields) {
        for (JsonNode component : components) {
            collect(component.path("components"), fields);
            if (component.hasNonNull("key")
                    && !component.path("readonly").asBoolean()
                    && !component.path("disabled").asBoolean()) {
                fields.add(component.path("key").asText());
            }
        }
    }
}
