package nocobase.procedures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a form of ours asks, as its file says: by keys and components, so that its words may change. */
public record AskedForm(String name, List<Question> questions) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param component its id, which the browser's elements bear
     * @param options what the file itself offers
     * @param source the variable that offers more, or ""
     */
    public record Question(
            String key, String component, String type, boolean required, List<JsonNode> options, String source) {

        public boolean isList() {
            return type.equals("checklist") || type.equals("taglist");
        }

        public boolean isChoice() {
            return type.equals("radio") || type.equals("select");
        }
    }

    public static List<AskedForm> all() {
        try (Stream<Path> files = Files.list(Path.of("forms"))) {
            return files.filter(file -> file.toString().endsWith(".form"))
                    .sorted()
                    .map(AskedForm::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static AskedForm named(String name) {
        return read(Path.of("forms", name + ".form"));
    }

    Question question(String key) {
        return questions.stream()
                .filter(question -> question.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " does not ask for " + key));
    }

    private static AskedForm read(Path file) {
        try {
            List<Question> questions = new ArrayList<>();
            collect(JSON.readTree(file.toFile()).path("components"), questions);
            return new AskedForm(file.getFileName().toString().replace(".form", ""), questions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void collect(JsonNode components, List<Question> questions) {
        for (JsonNode component : components) {
            collect(component.path("components"), questions);
            if (component.hasNonNull("key")
                    && !component.path("disabled").asBoolean()
                    && !component.path("readonly").asBoolean()) {
                questions.add(question(component));
            }
        }
    }

    private static Question question(JsonNode component) {
        List<JsonNode> options = new ArrayList<>();
        component.path("values").forEach(option -> options.add(option.path("value")));
        return new Question(
                component.path("key").asText(),
                component.path("id").asText(),
                component.path("type").asText(),
                component.path("validate").path("required").asBoolean(),
                options,
                component.path("valuesKey").asText());
    }
}
