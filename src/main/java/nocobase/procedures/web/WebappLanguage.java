package nocobase.procedures.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import nocobase.procedures.language.Language;
import nocobase.procedures.process.ShownNames;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tasklist, Cockpit and the pages for accounts in the installation's language: their settings ask which one it is, and what we say in Portuguese is
 * laid over their English labels, so that a label that we do not know is shown in English.
 */
@RestController
class WebappLanguage {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ENGLISH = "META-INF/resources/webjars/camunda/app/%s/locales/en.json";
    private static final String PORTUGUESE = "nocobase/procedures/web/webapps.pt.json";

    /** A module for the settings of the web applications; they know a language without its country. */
    @GetMapping(path = "/status/language.js", produces = "text/javascript")
    ResponseEntity<String> language() {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noCache())
                .body("export default '" + Language.spoken().getLanguage() + "';\n");
    }

    /** A module with the names of steps in each language: who reads the status view may choose another one. */
    @GetMapping(path = "/status/names.js", produces = "text/javascript")
    ResponseEntity<String> names() throws IOException {
        Map<String, Map<String, String>> byLanguage = new TreeMap<>();
        ShownNames.all().forEach((language, names) -> byLanguage.put(language.getLanguage(), names));
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noCache())
                .body("export default " + JSON.writeValueAsString(byLanguage) + ";\n");
    }

    @GetMapping(
            path = "/camunda/app/{app:tasklist|cockpit|welcome|admin}/locales/pt.json",
            produces = "application/json")
    ResponseEntity<JsonNode> portuguese(@PathVariable("app") String app) throws IOException {
        ObjectNode locale = (ObjectNode) read(ENGLISH.formatted(app));
        JsonNode ours = read(PORTUGUESE);
        ObjectNode labels = (ObjectNode) locale.path("labels");
        ours.path("labels").fields().forEachRemaining(label -> {
            if (labels.has(label.getKey())) {
                labels.set(label.getKey(), label.getValue());
            }
        });
        locale.set("dateLocales", ours.path("dateLocales"));
        return ResponseEntity.ok().cacheControl(CacheControl.noCache()).body(locale);
    }

    private static JsonNode read(String path) throws IOException {
        try (InputStream file = new ClassPathResource(path).getInputStream()) {
            return JSON.readTree(file);
        }
    }
}
