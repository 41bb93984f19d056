package nocobase.procedures.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/** The answers of a decision, by field. */
final class Answers {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Answers() {}

    static Map<String, String> of(Decision decision) {
        try {
            return MAPPER.readValue(decision.fields(), new TypeReference<>() {});
        } catch (JsonProcessingException e) {
            return Map.of("answers", decision.fields());
        }
    }
}
