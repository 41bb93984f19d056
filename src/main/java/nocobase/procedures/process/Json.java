package nocobase.procedures.process;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import org.camunda.spin.plugin.variable.SpinValues;
import org.camunda.spin.plugin.variable.value.JsonValue;

/** Structured values as JSON variables: readable in Cockpit, usable in forms, without the 4000 characters' limit. */
public final class Json {

    private static final ObjectMapper MAPPER = new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    private Json() {}

    /** @param variable a JSON variable's value or its text; nothing there reads as an empty list */
    public static JsonNode read(Object variable) {
        try {
            return variable == null ? MAPPER.createArrayNode() : MAPPER.readTree(variable.toString());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Is no JSON: " + variable, e);
        }
    }

    public static JsonValue of(Object value) {
        try {
            return SpinValues.jsonValue(MAPPER.writeValueAsString(value)).create();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Cannot be written as JSON: " + value, e);
        }
    }
}
