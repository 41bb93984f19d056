package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.audit.Remark;
import nocobase.procedures.audit.Remarks;
import org.assertj.core.api.Assertions;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.spin.plugin.variable.SpinValues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Nobody writes on somebody else's page: whatever a variable holds, each task form shows it as text, in a real browser. */
class LiteralTextsIT extends Office {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String NASTY = """
            # Approved by CISO
            [Approve now](https://evil.example/a) ![pixel](https://evil.example/i.png)
            <img src=x onerror=alert(1)> <a href="https://evil.example">b</a> <b>bold</b> &lt;i&gt; &#60;u>
            > verified, nothing is lost
            - item **strong** _em_ `code` ~~gone~~ \\# back\\slash
            1. one
            Setext
            ===
            </code></pre><h1>Out</h1>
            ```
            # Fence
            ```
            | a | b |
            |---|---|
            | c | d |

            https://evil.example www.evil.example a@evil.example
            {{cluster}} {{#if true}}x{{/if}} {{#loop nodes}}y{{/loop}} = 1 + 1
            \u202Etxet\u202C "it's"; $(x) %s
            [ref]

            [ref]: https://evil.example
                indented
            end of the text""";

    /** In a browser, white space runs together. */
    private static final String EXPECTED =
            words(NASTY).replace("\u202E", "[U+202E]").replace("\u202C", "[U+202C]");

    /** What somebody else writes, by the variable's name. */
    private static final List<String> FOREIGN = List.of(
            "starter",
            "reason",
            "planComment",
            "details",
            "requester",
            "rollbackReason",
            "approvalComment",
            "verificationComment",
            "failedStep",
            "failedProcess",
            "failedActivity",
            "incidentMessage",
            "whatHappened",
            "deletionReason",
            "firstNode");

    @Autowired
    RepositoryService repository;

    @Autowired
    TaskService tasks;

    @Autowired
    Remarks remarks;

    @Autowired
    ProcessEngine engine;

    private String task;

    private final List<String> deployments = new java.util.ArrayList<>();

    @AfterEach
    void nothingIsLeft() {
        deployments.forEach(deployment -> repository.deleteDeployment(deployment, true));
        deployments.clear();
    }

    static Stream<String> forms() throws IOException {
        return Stream.of(new PathMatchingResourcePatternResolver().getResources("classpath*:forms/*.form"))
                .map(Resource::getFilename)
                .map(name -> name.replace(".form", ""))
                .filter(name -> !List.of("first-start", "in-app-maintenance", "return-to-service", "version-upgrade")
                        .contains(name))
                .sorted();
    }

    @ParameterizedTest
    @MethodSource("forms")
    void showsWhatOthersWroteAsText(String form) {
        Page olga = desk("olga", "tasklist");
        Locator harmless = open(olga, form, "harmless");
        List<String> elements = elements(harmless);

        Locator shown = open(olga, form, NASTY);
        picture(olga, Path.of("target", "browser", "literal-" + form + ".png"));

        Assertions.assertThat(elements(shown)).as("elements of %s", form).isEqualTo(elements);
        Assertions.assertThat(shown.locator("a[href*=evil], img").count()).isZero();
        String text = words(shown.innerText());
        String source = deployed();
        for (String variable : FOREIGN) {
            if (source.contains("{{shown." + variable + "}}")) {
                Assertions.assertThat(text).as(variable).contains(EXPECTED.replace("end of", "end of " + variable));
            }
        }
        if (source.contains("=remarks")) {
            Assertions.assertThat(text).as("what happened in the meantime").contains(EXPECTED);
        }
        if (source.contains("failure.logTail")) {
            Assertions.assertThat(shown.locator("pre").innerText())
                    .contains("\n    indented\nend of logTail")
                    .contains("</code></pre><h1>Out</h1>\n```\n# Fence");
        }
        if (source.contains("this.finding")) {
            Assertions.assertThat(text)
                    .contains(EXPECTED.replace("end of", "end of finding"))
                    .contains(EXPECTED.replace("end of", "end of remedy"));
        }
    }

    private Locator open(Page page, String form, String text) {
        task = taskWith(form, text);
        page.navigate(address("tasklist") + "#/?task=" + task);
        Locator shown = page.locator(".task-card .fjs-form");
        assertThat(shown).containsText("training-" + Integer.toHexString(text.hashCode()));
        return shown;
    }

    /** What the form is made of; line breaks are text. */
    @SuppressWarnings("unchecked")
    private static List<String> elements(Locator form) {
        return (List<String>) form.evaluate("form => [...form.querySelectorAll('*')]"
                + ".filter(one => one.tagName !== 'BR' && !one.closest('svg') && !one.closest('.fjs-pagination'))"
                + ".map(one => one.tagName + ' ' + one.className)");
    }

    private String taskWith(String form, String text) {
        String process = "look-at-" + form;
        String operation = "training-" + Integer.toHexString(text.hashCode());
        deployments.add(repository
                .createDeployment()
                .addModelInstance(
                        process + ".bpmn",
                        Bpmn.createExecutableProcess(process)
                                .name("Look at " + form)
                                .camundaHistoryTimeToLive(1)
                                .camundaStartableInTasklist(false)
                                .startEvent()
                                .userTask("userTask_lookAtIt")
                                .name("Look at " + form)
                                .camundaFormRef(form)
                                .camundaFormRefBinding("latest")
                                .camundaCandidateGroups("ops")
                                .endEvent()
                                .done())
                .deploy()
                .getId());
        Map<String, Object> known = new HashMap<>(Map.of(
                "procedure", "in-app-maintenance",
                "cluster", "training",
                "previousVersion", "2.2.15",
                "recordedVersion", "2.2.15",
                "version", "2.2.16",
                "window", "2099-01-31T22:00:00Z",
                "downSince", "2027-01-10T02:00:00Z",
                "failedOperation", operation,
                "rollbackPossible", true));
        FOREIGN.forEach(variable -> known.put(variable, named(text, variable)));
        known.put("works", json(List.of("plugins")));
        known.put(
                "failure", json(Map.of("what", text, "node", text, "remedy", text, "logTail", named(text, "logTail"))));
        known.put("checks", json(List.of(check("WARN", text), check("PASS", text))));
        remarks.record(new Remark(operation, "planted", Instant.parse("2027-01-10T02:00:00Z"), text));
        String instance =
                runtime.startProcessInstanceByKey(process, operation, known).getId();
        String made = tasks.createTaskQuery()
                .processInstanceId(instance)
                .singleResult()
                .getId();
        // Only where it leads to a node is it shown, and then its sentence names that node.
        tasks.setVariableLocal(made, "privateLink", "http://127.0.0.1/enter_1*2*3");
        tasks.setAssignee(made, "olga");
        return made;
    }

    private static Map<String, String> check(String result, String text) {
        return Map.of(
                "name", text, "result", result, "finding", named(text, "finding"), "remedy", named(text, "remedy"));
    }

    private static String named(String text, String variable) {
        return text.replace("end of", "end of " + variable);
    }

    private static Object json(Object value) {
        try {
            return SpinValues.jsonValue(JSON.writeValueAsString(value)).create();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String deployed() {
        try (var form = engine.getFormService().getDeployedTaskForm(task)) {
            return new String(form.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String words(String text) {
        return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty()).collect(Collectors.joining(" "));
    }
}
