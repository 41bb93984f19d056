package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nocobase.procedures.language.Language;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.util.HtmlUtils;

/**
 * Whole upgrades in an installation that speaks Portuguese: no task, form, plan, failure or remedy that a person meets, nor the
 * evidence of it, holds an English sentence.
 */
@ProcessTest
@TestPropertySource(properties = "procedures.language=pt-BR")
@DirtiesContext
class PortugueseProcedureTest extends ProcedureScenario {

    /** Words that English cannot do without, and that mean nothing in Portuguese. */
    private static final Pattern ENGLISH = Pattern.compile(
            "(?i)\\b(the|was|were|is|are|and|of|not|with|has|have|can|cannot"
                    + "|been|will|by|when|until|before|after|there|this|that|from|still|to|for|retry|nodes?|clients are)\\b");
    /** What the simulated NocoBase, PostgreSQL and nginx write themselves. */
    private static final Pattern OTHERS = Pattern.compile("migration \\d+-reshape-users[^;]*exist|Error: [^\n]*"
            + "|Conflict\\. The container name[^;]*in use|/rehearsal/\\S+|https?://\\S+");

    /** Log lines are other programs' own. */
    private static final Set<String> LOGS = Set.of("log", "logTail", "console");

    private static final Pattern WORD = Pattern.compile("[a-zA-Z]\\w*");

    @Autowired
    TaskService tasks;

    @Autowired
    FormService forms;

    private final List<String> met = new ArrayList<>();

    private int decided;

    @AfterAll
    static void backToEnglish() {
        Language.speak(Language.ENGLISH);
    }

    /** A first node that fails, one that will not start, a copy that fails, a route that is refused, a warning, an incident. */
    @ParameterizedTest
    @ValueSource(strings = {"2.2.17", "2.2.19", "2.2.22", "2.2.23", "2.2.33", "2.2.36", "2.2.44", "2.2.62"})
    void nobodyMeetsEnglish(String version) throws IOException {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of("cluster", "alpha", "targetVersion", version, "reason", "Correções de segurança"));
        driver.run();
        String operation = operation();
        while (look()) {
            answer();
        }
        String page = evidence.find(operation).orElseThrow();
        met.add(page.replaceAll("(?s)<style.*?</style>|<pre.*?</pre>|<[^>]*>", "\n"));

        assertThat(met).hasSizeGreaterThan(3);
        assertThat(met.stream().flatMap(text -> english(text).stream())).isEmpty();
    }

    private static List<String> english(String text) {
        return OTHERS.matcher(HtmlUtils.htmlUnescape(text))
                .replaceAll("")
                .lines()
                .filter(line -> ENGLISH.matcher(line).find())
                .toList();
    }

    /** @return whether somebody is asked; then what he reads is kept */
    private boolean look() throws IOException {
        List<Task> open = tasks.createTaskQuery().initializeFormKeys().list();
        for (Task task : open) {
            met.add(task.getName());
            met.add(String.valueOf(task.getDescription()));
            String form = form(task);
            met.add(Json.read(form).findValuesAsText("label").stream().collect(Collectors.joining("\n")));
            met.add(Json.read(form).findValuesAsText("description").stream().collect(Collectors.joining("\n")));
            met.add(Json.read(form).findValuesAsText("text").stream()
                    .map(text -> text.replaceAll("\\{\\{.*?}}", ""))
                    .collect(Collectors.joining("\n")));
            Map<String, Object> variables = tasks.getVariables(task.getId());
            named(form).stream()
                    .filter(variables::containsKey)
                    .filter(name -> !LOGS.contains(name))
                    .forEach(name -> met.add(text(variables.get(name))));
        }
        return !open.isEmpty();
    }

    private String form(Task task) throws IOException {
        try (InputStream form = forms.getDeployedTaskForm(task.getId())) {
            return new String(form.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Set<String> named(String form) {
        return WORD.matcher(form).results().map(word -> word.group()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What stands in an object that a form reads, without keys and logs. */
    private static String text(Object value) {
        String plain = String.valueOf(value);
        return plain.startsWith("{") || plain.startsWith("[") ? text(Json.read(plain)) : plain;
    }

    private static String text(JsonNode node) {
        if (node.isValueNode()) {
            return node.asText();
        }
        List<String> parts = new ArrayList<>();
        node.fields().forEachRemaining(field -> {
            if (!LOGS.contains(field.getKey()) && !field.getKey().equals("value")) {
                parts.add(text(field.getValue()));
            }
        });
        node.elements().forEachRemaining(element -> {
            if (node.isArray()) {
                parts.add(text(element));
            }
        });
        return String.join("\n", parts);
    }

    /** Retries once, then takes what brings the procedure to an end. */
    private void answer() {
        String task =
                tasks.createTaskQuery().list().get(0).getTaskDefinitionKey().substring("userTask_".length());
        switch (task) {
            case "reviewPlan" -> driver.acceptPlan("olga", true);
            case "verifyFunctionality" ->
                driver.complete("otto", task, Map.of("verification", "works", "verificationComment", "Tudo certo"));
            case "approveRollback" ->
                driver.complete("maria", task, Map.of("rollbackApproved", true, "approvalComment", "De acordo"));
            case "decideHowToGoOn" ->
                driver.complete("otto", task, Map.of("decision", decision(), "decisionComment", "Conforme combinado"));
            case "mendTechnicalIncident" -> driver.complete("otto", task, Map.of("mendComment", "Corrigido"));
            default -> throw new AssertionError("Nobody answers " + task);
        }
    }

    private String decision() {
        String options = String.valueOf(driver.variable("decideHowToGoOn", "options"));
        boolean again = ++decided > 1;
        return again && options.contains("\"rollback\"") ? "rollback" : "retry";
    }
}
