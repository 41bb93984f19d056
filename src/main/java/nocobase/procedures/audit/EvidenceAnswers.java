package nocobase.procedures.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.EvidencePack.Answered;
import nocobase.procedures.audit.EvidencePack.Decided;

/** The answers of a run's decisions as people read them, each with what was answered to the same question before. */
final class EvidenceAnswers {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, String> latest = new HashMap<>();

    private EvidenceAnswers() {}

    /** @param decisions in order */
    static List<Decided> of(List<Decision> decisions) {
        EvidenceAnswers answers = new EvidenceAnswers();
        return decisions.stream().map(answers::decided).toList();
    }

    private Decided decided(Decision decision) {
        JsonNode words = read(decision.words());
        List<Answered> answers = new ArrayList<>();
        read(decision.fields()).properties().forEach(field -> {
            JsonNode asked = words.path(field.getKey());
            String answer = asked.path("answer").asText(field.getValue().asText());
            String before = latest.put(field.getKey(), answer);
            if (answer.isBlank() && (before == null || before.isBlank())) {
                return;
            }
            answers.add(new Answered(asked.path("question").asText(field.getKey()), answer, before));
        });
        return new Decided(decision.taskName(), decision.person(), decision.decidedAt(), answers);
    }

    private static JsonNode read(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            return MAPPER.createObjectNode().put("answers", json);
        }
    }
}
