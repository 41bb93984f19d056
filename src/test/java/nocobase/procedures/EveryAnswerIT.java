package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.AskedForm.Question;
import nocobase.procedures.EveryAnswer.Role;
import nocobase.procedures.EveryAnswer.Row;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.camunda.bpm.engine.FormService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.history.HistoricVariableInstance;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.spin.plugin.variable.SpinValues;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * What can be chosen in a form is chosen in a real browser, row by row of {@link EveryAnswer}'s table, and the engine then
 * knows it. What must be answered and is not, browser and server refuse.
 */
class EveryAnswerIT extends Office {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** For one click: a row that fails is not to hold up the others. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What the procedures know when they ask. */
    private static final Map<String, Object> KNOWN = Map.ofEntries(
            Map.entry("procedure", "version-upgrade"),
            Map.entry("cluster", "training"),
            Map.entry("starter", "olga"),
            Map.entry("reason", "Security fixes"),
            Map.entry("previousVersion", "2.2.15"),
            Map.entry("recordedVersion", "2.2.15"),
            Map.entry("targetVersion", "2.2.16"),
            Map.entry("version", "2.2.16"),
            Map.entry("firstNode", "app-1"),
            Map.entry("privateLink", "http://127.0.0.1/enter"),
            Map.entry("details", "Enable the map plugin"),
            Map.entry("window", "2099-01-31T22:00:00Z"),
            Map.entry("windowEnd", "2099-02-01T02:00:00Z"),
            Map.entry("downSince", "2027-01-10T02:00:00Z"),
            Map.entry("requester", "oscar"),
            Map.entry("decisionComment", "The migration fails"),
            Map.entry("failedOperation", "training-1a2b3c4d"),
            Map.entry("failedProcess", "Suspend service"),
            Map.entry("failedActivity", "Stop all nodes"),
            Map.entry("failedStep", "Start first node"),
            Map.entry("incidentMessage", "The container engine does not answer"),
            Map.entry("deletedProcedure", "Version upgrade"),
            Map.entry("deletionReason", "cleaned up by hand"),
            Map.entry("clientsSee", "The maintenance page is served"),
            Map.entry("rollbackPossible", true),
            Map.entry("otherWayPossible", true));

    @Autowired
    TaskService tasks;

    @Autowired
    FormService forms;

    @Autowired
    RepositoryService repository;

    @Autowired
    IdentityService identity;

    private final List<String> complaints = new ArrayList<>();
    private final Set<Page> listening = new HashSet<>();
    private final Map<String, BpmnModelInstance> asking = new HashMap<>();
    private final Map<String, String> deployments = new HashMap<>();

    @BeforeAll
    void readModels() {
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE.toMillis());
        for (ProcessDefinition process :
                repository.createProcessDefinitionQuery().latestVersion().list()) {
            BpmnModelInstance model = repository.getBpmnModelInstance(process.getId());
            Stream.concat(
                            model.getModelElementsByType(UserTask.class).stream()
                                    .map(UserTask::getCamundaFormRef),
                            model.getModelElementsByType(StartEvent.class).stream()
                                    .map(StartEvent::getCamundaFormRef))
                    .filter(form -> form != null)
                    .forEach(form -> asking.put(form, model));
        }
    }

    @AfterEach
    void nothingRuns() {
        if (runtime.createProcessInstanceQuery().count() > 0) {
            endEverything();
        }
    }

    @AfterAll
    void nothingIsLeft() {
        deployments.values().forEach(deployment -> repository.deleteDeployment(deployment, true));
    }

    static Stream<Row> rows() {
        String only = System.getProperty("answers", "");
        return EveryAnswer.rows().stream().filter(row -> row.toString().contains(only));
    }

    static Stream<String> formsWithMandatoryAnswers() {
        return AskedForm.all().stream()
                .filter(form -> form.questions().stream().anyMatch(Question::required))
                .map(AskedForm::name);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isAnswered(Row row) {
        AskedForm form = AskedForm.named(row.form());
        Asked asked = ask(form, row.person(), row.role());
        FilledForm filled = new FilledForm(asked.page(), asked.form());
        row.answers().forEach((key, answer) -> {
            Question question = form.question(key);
            filled.answer(question, answer, asked.offered(question));
        });
        isWhole(asked.form());

        Map<String, Object> expected = new HashMap<>();
        row.answers()
                .forEach((key, answer) ->
                        expected.put(key, expected(form.question(key), answer, asked.offered(form.question(key)))));
        switch (row.refuser()) {
            case BROWSER -> refusedInBrowser(asked);
            case SERVER -> refusedByServer(asked);
            default -> {
                asked.button().click();
                assertThat(asked.button()).hasCount(0);
                expected.forEach((key, value) ->
                        Assertions.assertThat(asked.stored(key)).as(key).isEqualTo(value));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formsWithMandatoryAnswers")
    void isNotTakenWithoutTheMandatoryAnswers(String name) {
        AskedForm form = AskedForm.named(name);
        boolean manager =
                EveryAnswer.rows().stream().noneMatch(row -> row.form().equals(name) && row.role() == Role.STARTER);
        Asked asked = ask(form, manager ? "maria" : "olga", manager ? Role.MANAGER : Role.STARTER);

        refusedInBrowser(asked);

        identity.setAuthentication(manager ? "maria" : "olga", List.of(manager ? "managers" : "ops"));
        try {
            Assertions.assertThatThrownBy(asked::submitNothing).isInstanceOf(ProcessEngineException.class);
        } finally {
            identity.clearAuthentication();
        }
    }

    /** Not on a stage, but in the procedure itself: a plan with a warning goes on. */
    @Test
    void aPlanWithAWarningIsAccepted() {
        identity.setAuthentication("otto", List.of("ops"));
        try {
            runtime.startProcessInstanceByKey(
                    "version-upgrade", Map.of("cluster", "training", "targetVersion", "2.2.33", "reason", "Security"));
        } finally {
            identity.clearAuthentication();
        }
        Awaitility.await("the plan").atMost(LONG_ENOUGH).until(() -> plan() != null);
        AskedForm form = AskedForm.named("review-plan");
        Task plan = plan();
        Asked asked = open(plan, "olga");
        FilledForm filled = new FilledForm(asked.page(), asked.form());
        filled.answer(
                form.question("planAccepted"),
                "true",
                form.question("planAccepted").options());
        filled.answer(form.question("acceptedWarnings"), "all", asked.offered(form.question("acceptedWarnings")));
        asked.button().click();
        assertThat(asked.button()).hasCount(0);

        Awaitility.await("service is suspended")
                .atMost(LONG_ENOUGH)
                .until(() ->
                        history
                                .createHistoricActivityInstanceQuery()
                                .activityId("callActivity_suspendService")
                                .list()
                                .stream()
                                .anyMatch(activity ->
                                        activity.getRootProcessInstanceId().equals(root(plan.getProcessInstanceId()))));
    }

    private String root(String instance) {
        return history.createHistoricProcessInstanceQuery()
                .processInstanceId(instance)
                .singleResult()
                .getRootProcessInstanceId();
    }

    private Task plan() {
        return tasks.createTaskQuery().taskDefinitionKey("userTask_reviewPlan").singleResult();
    }

    // What a person sees

    /**
     * A form that is open in a browser.
     *
     * @param task null where a procedure is started
     * @param instance where the answers are kept afterwards
     */
    private record Asked(
            Page page,
            Locator form,
            Locator button,
            java.util.function.Function<Question, List<JsonNode>> lists,
            Supplier<String> instance,
            java.util.function.Function<String, Object> answers,
            Runnable nothing) {

        List<JsonNode> offered(Question question) {
            return lists.apply(question);
        }

        Object stored(String key) {
            return answers.apply(key);
        }

        void submitNothing() {
            nothing.run();
        }
    }

    private Asked ask(AskedForm form, String person, Role role) {
        BpmnModelInstance model = asking.get(form.name());
        return model.getModelElementsByType(UserTask.class).stream()
                .filter(task -> form.name().equals(task.getCamundaFormRef()))
                .findFirst()
                .map(task -> open(admit(task(form, task), person, role), person))
                .orElseGet(() -> start(model, person));
    }

    /** As the reminders do when nobody answers in time, and break-glass when no manager does. */
    private Task admit(Task task, String person, Role role) {
        switch (role) {
            case MANAGER -> tasks.addCandidateGroup(task.getId(), "managers");
            case BREAK_GLASS -> tasks.addCandidateUser(task.getId(), person);
            default -> {}
        }
        return task;
    }

    private Asked open(Task task, String person) {
        Page page = desk(person, "tasklist");
        listen(page);
        page.navigate(address("tasklist") + "#/?task=" + task.getId());
        Locator card = page.locator(".task-card");
        assertThat(card.locator("h2")).containsText(task.getName());
        card.locator("[cam-tasklist-task-meta] .claim, [cam-tasklist-task-meta] [ng-click='claim()']")
                .first()
                .click();
        Locator complete = card.locator(".form-actions button[ng-click='complete()']");
        assertThat(complete).isInViewport();
        return new Asked(
                page,
                card.locator(".fjs-form"),
                complete,
                question -> question.source().isEmpty()
                        ? question.options()
                        : values(tasks.getVariable(task.getId(), question.source())),
                task::getProcessInstanceId,
                key -> stored(task.getProcessInstanceId(), key),
                () -> forms.submitTaskForm(task.getId(), Map.of()));
    }

    private Asked start(BpmnModelInstance model, String person) {
        String key = model.getDefinitions().getRootElements().stream()
                .filter(element -> element instanceof org.camunda.bpm.model.bpmn.instance.Process)
                .map(element -> ((org.camunda.bpm.model.bpmn.instance.Process) element).getId())
                .findFirst()
                .orElseThrow();
        ProcessDefinition process = repository
                .createProcessDefinitionQuery()
                .processDefinitionKey(key)
                .latestVersion()
                .singleResult();
        Page page = desk(person, "tasklist");
        listen(page);
        page.navigate(address("tasklist") + "#/");
        page.reload();
        page.locator(".start-process-action a").first().click();
        Locator dialog = page.locator(".modal-content");
        dialog.getByText(process.getName(), new Locator.GetByTextOptions().setExact(true))
                .click();
        Locator begin = dialog.locator("button[ng-click='startProcessInstance()']");
        assertThat(begin).isInViewport();
        Supplier<String> instance = () -> history.createHistoricProcessInstanceQuery()
                .processDefinitionKey(key)
                .orderByProcessInstanceStartTime()
                .desc()
                .list()
                .get(0)
                .getId();
        return new Asked(
                page,
                dialog.locator(".fjs-form"),
                begin,
                question -> question.key().equals("cluster")
                        ? values(SpinValues.jsonValue("[{\"value\":\"training\"}]")
                                .create()
                                .getValueSerialized())
                        : question.options(),
                instance,
                field -> stored(instance.get(), field),
                () -> forms.submitStartForm(process.getId(), Map.of()));
    }

    private void refusedInBrowser(Asked asked) {
        // Tasklist draws the form anew after a claim: a click that comes before is lost, as is what it marked.
        Locator wrong = asked.form().locator(".fjs-has-errors");
        Awaitility.await("the form says what is missing")
                .pollInSameThread()
                .atMost(PATIENCE)
                .until(() -> {
                    if (asked.button().isEnabled()) {
                        asked.button().click();
                    }
                    return wrong.count() > 0;
                });
        assertThat(wrong.first()).isVisible();
        assertThat(asked.button()).isDisabled();
        leave(asked);
    }

    private void refusedByServer(Asked asked) {
        asked.button().click();
        assertThat(asked.page().locator(".notifications .alert").first()).isVisible();
        assertThat(asked.button()).isVisible();
        leave(asked);
    }

    /** The task is deleted next: a page that still shows it would complain. */
    private static void leave(Asked asked) {
        asked.page().navigate("about:blank");
    }

    private void isWhole(Locator form) {
        assertThat(form).not().containsText(Pattern.compile("\\{\\{|\\}\\}|\\bnull\\b|undefined|\\[object|NaN"));
        Assertions.assertThat(complaints).isEmpty();
    }

    private void listen(Page page) {
        page.setDefaultTimeout(PATIENCE.toMillis());
        complaints.clear();
        if (listening.add(page)) {
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    complaints.add(message.text());
                }
            });
            page.onPageError(complaints::add);
        }
    }

    // What the engine asks and keeps

    /** A small process with one task, which bears the form as the procedures' own does. */
    private Task task(AskedForm form, UserTask real) {
        String process = "answer-" + form.name();
        deployments.computeIfAbsent(
                process,
                name -> repository
                        .createDeployment()
                        .addModelInstance(
                                name + ".bpmn",
                                Bpmn.createExecutableProcess(name)
                                        .name(name)
                                        .camundaHistoryTimeToLive(1)
                                        .camundaStartableInTasklist(false)
                                        .startEvent()
                                        .userTask(real.getId())
                                        .name(name)
                                        .camundaFormRef(form.name())
                                        .camundaFormRefBinding("latest")
                                        .camundaCandidateGroups(real.getCamundaCandidateGroups())
                                        .endEvent()
                                        .done())
                        .deploy()
                        .getId());
        Map<String, Object> known = new HashMap<>(KNOWN);
        known.put("choices", given("decision").collect(Collectors.joining(",")));
        known.put("checks", SpinValues.jsonValue("""
                        [{"name":"Disk room","result":"PASS","finding":"12 GB free","remedy":""},
                         {"name":"Room for images","result":"WARN","finding":"5 GB free","remedy":"Make room"},
                         {"name":"Newest dump","result":"WARN","finding":"9 days old","remedy":"Take one"}]""").create());
        String instance = runtime.startProcessInstanceByKey(process, "training-1a2b3c4d", known)
                .getId();
        Task task = tasks.createTaskQuery().processInstanceId(instance).singleResult();
        form.questions().stream()
                .filter(question -> question.isChoice() && !question.source().isEmpty())
                .forEach(question -> offerAll(task.getId(), question));
        return task;
    }

    /** Lists that show what a cluster has get what the table chooses from them, if it has not. */
    private void offerAll(String task, Question question) {
        List<String> wanted = given(question.key()).toList();
        List<String> offered = values(tasks.getVariable(task, question.source())).stream()
                .map(JsonNode::asText)
                .toList();
        if (!offered.containsAll(wanted)) {
            tasks.setVariableLocal(
                    task,
                    question.source(),
                    SpinValues.jsonValue(wanted.stream()
                                    .map(one -> "{\"label\":\"" + one + "\",\"value\":\"" + one + "\"}")
                                    .collect(Collectors.joining(",", "[", "]")))
                            .create());
        }
    }

    private static Stream<String> given(String key) {
        return EveryAnswer.rows().stream()
                .map(row -> row.answers().get(key))
                .filter(answer -> answer != null)
                .distinct();
    }

    private Object stored(String instance, String key) {
        HistoricVariableInstance variable = history.createHistoricVariableInstanceQuery()
                .processInstanceId(instance)
                .variableName(key)
                .singleResult();
        Object value = variable == null ? null : variable.getValue();
        if (value == null || value instanceof Boolean) {
            return value;
        }
        String text = value.toString();
        // The browser leaves the seconds out, the engine may write them.
        return text.matches("\\d{4}-\\d\\d-\\d\\dT.*")
                ? OffsetDateTime.parse(text).toInstant().toString()
                : text;
    }

    private static Object expected(Question question, String answer, List<JsonNode> offered) {
        return switch (question.type()) {
            case "checkbox" -> Boolean.valueOf(answer);
            case "radio", "select" ->
                offered.stream()
                        .filter(option -> option.asText().equals(answer))
                        .map(option -> option.isBoolean() ? (Object) option.asBoolean() : option.asText())
                        .findFirst()
                        .orElseThrow();
            case "checklist" ->
                offered.subList(0, answer.equals("one") ? 1 : offered.size()).stream()
                        .map(JsonNode::toString)
                        .collect(Collectors.joining(",", "[", "]"));
            case "datetime" ->
                LocalDateTime.of(
                                YearMonth.now(ZoneOffset.UTC).plusMonths(1).getYear(),
                                YearMonth.now(ZoneOffset.UTC).plusMonths(1).getMonthValue(),
                                15,
                                answer.equals(EveryAnswer.LATER) ? 12 : 10,
                                0)
                        .toInstant(ZoneOffset.UTC)
                        .toString();
            default -> answer;
        };
    }

    private static List<JsonNode> values(Object options) {
        List<JsonNode> values = new ArrayList<>();
        try {
            if (options != null) {
                JSON.readTree(options.toString()).forEach(option -> values.add(option.path("value")));
            }
            return values;
        } catch (IOException e) {
            throw new AssertionError(options.toString(), e);
        }
    }
}
