package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.bpm.model.bpmn.BpmnModelInstance;
import org.camunda.bpm.model.bpmn.instance.Activity;
import org.camunda.bpm.model.bpmn.instance.Artifact;
import org.camunda.bpm.model.bpmn.instance.BaseElement;
import org.camunda.bpm.model.bpmn.instance.BoundaryEvent;
import org.camunda.bpm.model.bpmn.instance.CallActivity;
import org.camunda.bpm.model.bpmn.instance.CatchEvent;
import org.camunda.bpm.model.bpmn.instance.ComplexGateway;
import org.camunda.bpm.model.bpmn.instance.EndEvent;
import org.camunda.bpm.model.bpmn.instance.Error;
import org.camunda.bpm.model.bpmn.instance.ErrorEventDefinition;
import org.camunda.bpm.model.bpmn.instance.ExclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.FlowElement;
import org.camunda.bpm.model.bpmn.instance.FlowNode;
import org.camunda.bpm.model.bpmn.instance.Gateway;
import org.camunda.bpm.model.bpmn.instance.InclusiveGateway;
import org.camunda.bpm.model.bpmn.instance.Process;
import org.camunda.bpm.model.bpmn.instance.ReceiveTask;
import org.camunda.bpm.model.bpmn.instance.SequenceFlow;
import org.camunda.bpm.model.bpmn.instance.ServiceTask;
import org.camunda.bpm.model.bpmn.instance.StartEvent;
import org.camunda.bpm.model.bpmn.instance.SubProcess;
import org.camunda.bpm.model.bpmn.instance.UserTask;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaIn;
import org.camunda.bpm.model.bpmn.instance.camunda.CamundaOut;
import org.camunda.bpm.model.xml.instance.DomElement;
import org.camunda.bpm.model.xml.instance.ModelElementInstance;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The modelling rules, on every model in processes/. A process that is startable in Tasklist is a <em>procedure</em>,
 * any other one a <em>fragment</em>.
 */
class ProcessModelTest {

    private static final Path MODELS = Path.of("processes");
    private static final Path FORMS = Path.of("forms");
    private static final int ACTIVITIES_PER_SHEET = 12;

    private static final Pattern KEBAB_CASE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern CAMEL_CASE = Pattern.compile("[a-z][a-zA-Z0-9]*");
    private static final Pattern GENERATED_ID = Pattern.compile(".*_[01][0-9a-z]{6}(_di|_label|_plane)?");
    private static final Set<String> BUSINESS_KEY =
            Set.of("#{execution.processBusinessKey}", "${execution.processBusinessKey}");
    private static final Set<String> PROPER_NOUNS =
            Set.of("Camunda", "Cockpit", "Compose", "Docker", "Kubernetes", "Redis", "Swarm", "Tasklist");

    /** By file name without its ending. */
    private static final Map<String, BpmnModelInstance> models = new TreeMap<>();

    private final List<String> findings = new ArrayList<>();

    @BeforeAll
    static void readModels() throws IOException {
        assertThat(MODELS).as("folder of the models").isDirectory();
        try (var files = Files.list(MODELS)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".bpmn")) {
                    models.put(name.replaceFirst("\\.bpmn$", ""), Bpmn.readModelFromFile(file.toFile()));
                }
            }
        }
        assertThat(models).as("models in processes/").isNotEmpty();
    }

    // Processes

    @Test
    void eachFileHoldsOneExecutableProcessOfItsName() {
        models.forEach((name, model) -> {
            var processes = model.getModelElementsByType(Process.class);
            if (processes.size() != 1) {
                findings.add(name + ".bpmn: holds " + processes.size() + " processes, expected one");
            }
            for (Process process : processes) {
                expect(process.getId().equals(name), process, "the file name as process id, " + name);
                expect(process.isExecutable(), process, "isExecutable=\"true\"");
                expect(KEBAB_CASE.matcher(process.getId()).matches(), process, "a process id in kebab-case");
                expect(!isBlank(process.getName()), process, "a name");
            }
        });
        assertNoFindings();
    }

    @Test
    void everyFlowOfEachModelIsTakenByTheTestsOfSomeProcedure() {
        Set<String> taken = new TreeSet<>(VersionUpgradeTest.MODELS);
        taken.addAll(ReturnToServiceTest.MODELS);
        taken.addAll(FirstStartTest.MODELS);
        taken.addAll(InAppMaintenanceTest.MODELS);
        // Its one task is completed in InterventionsTest.
        taken.add("abandoned-cluster");
        // Both of its answers are given in EngineInDoubtTest.
        taken.add("engine-in-doubt");
        assertThat(taken).isEqualTo(new TreeSet<>(models.keySet()));
    }

    @Test
    void eachProcessIsDocumented() {
        for (Process process : all(Process.class)) {
            String text = process.getDocumentations().stream()
                    .map(ModelElementInstance::getTextContent)
                    .collect(Collectors.joining(" "))
                    .strip();
            expect(
                    text.length() > 80,
                    process,
                    "documentation of more than 80 characters: its trigger, what it guarantees, what it leaves behind");
        }
        assertNoFindings();
    }

    @Test
    void eachProcessSaysHowLongItsHistoryIsKept() {
        for (Process process : all(Process.class)) {
            expect(!isBlank(process.getCamundaHistoryTimeToLiveString()), process, "camunda:historyTimeToLive");
        }
        assertNoFindings();
    }

    @Test
    void onlyProcessesWithAStartFormAreStartableInTasklist() {
        Set<String> called = all(CallActivity.class).stream()
                .map(CallActivity::getCalledElement)
                .collect(Collectors.toSet());
        for (Process process : all(Process.class)) {
            boolean hasStartForm = startEvents(process).stream().anyMatch(start -> !isBlank(start.getCamundaFormRef()));
            expect(
                    !isProcedure(process) || (hasStartForm && !called.contains(process.getId())),
                    process,
                    "camunda:isStartableInTasklist=\"false\", because it has no start form or is called by others");
        }
        assertNoFindings();
    }

    @Test
    void startEventsOfProceduresAreAsyncAfterAndNeverAsyncBefore() {
        for (StartEvent start : all(StartEvent.class)) {
            if (start.getParentElement() instanceof Process process && isProcedure(process)) {
                expect(start.isCamundaAsyncAfter(), start, "camunda:asyncAfter=\"true\"");
                expect(
                        !start.isCamundaAsyncBefore(),
                        start,
                        "no camunda:asyncBefore: a refused start would leave an instance behind");
            }
        }
        assertNoFindings();
    }

    @Test
    void startFormsBearTheIdOfTheirProcess() throws IOException {
        for (Process process : all(Process.class)) {
            for (StartEvent start : startEvents(process)) {
                if (isProcedure(process) || !isBlank(start.getCamundaFormRef())) {
                    expectForm(start, start.getCamundaFormRef(), start.getCamundaFormRefBinding(), process.getId());
                }
            }
        }
        assertNoFindings();
    }

    // Sheets

    @Test
    void aSheetHasAtMostTwelveActivities() {
        Stream.concat(all(Process.class).stream(), all(SubProcess.class).stream())
                .forEach(sheet -> {
                    int activities =
                            sheet.getChildElementsByType(Activity.class).size();
                    expect(
                            activities <= ACTIVITIES_PER_SHEET,
                            sheet,
                            "at most " + ACTIVITIES_PER_SHEET + " activities, not " + activities
                                    + ": make a sub-process or a fragment of some");
                });
        assertNoFindings();
    }

    @Test
    void everyElementIsDrawn() {
        for (FlowElement element : all(FlowElement.class)) {
            if (element instanceof FlowNode || element instanceof SequenceFlow) {
                expect(element.getDiagramElement() != null, element, "a shape or edge in the diagram");
            }
        }
        for (Artifact artifact : all(Artifact.class)) {
            expect(artifact.getDiagramElement() != null, artifact, "a shape or edge in the diagram");
        }
        assertNoFindings();
    }

    // Ids and labels

    @Test
    void idsAreTypeAndCamelCase() {
        Stream.of(
                        all(FlowNode.class),
                        all(SequenceFlow.class),
                        all(Artifact.class),
                        all(Error.class),
                        all(org.camunda.bpm.model.bpmn.instance.Message.class),
                        all(org.camunda.bpm.model.bpmn.instance.Signal.class),
                        all(org.camunda.bpm.model.bpmn.instance.Escalation.class))
                .flatMap(Collection::stream)
                .forEach(element -> {
                    String prefix = idPrefix(element);
                    String id = String.valueOf(element.getId());
                    expect(
                            id.startsWith(prefix)
                                    && CAMEL_CASE
                                            .matcher(id.substring(prefix.length()))
                                            .matches(),
                            element,
                            "an id of the form " + prefix + "camelCase");
                });
        assertNoFindings();
    }

    @Test
    void noIdIsGenerated() {
        models.forEach((name, model) -> elements(model.getDocument().getRootElement())
                .map(element -> element.getAttribute("id"))
                .filter(Objects::nonNull)
                .filter(id -> GENERATED_ID.matcher(id).matches())
                .forEach(id -> findings.add(name + ".bpmn: " + id + ": expected an id that says what it is")));
        assertNoFindings();
    }

    @Test
    void labelAndIdOfActivitiesAgree() {
        for (Activity activity : all(Activity.class)) {
            if (isBlank(activity.getName())) {
                expect(false, activity, "a label, verb + object");
            } else {
                String id = idPrefix(activity) + camelCase(activity.getName());
                expect(
                        activity.getId().equals(id),
                        activity,
                        "the id " + id + ", as the label says \"" + activity.getName() + "\"");
            }
        }
        assertNoFindings();
    }

    @Test
    void delegateExpressionsOfServiceTasksAgreeWithTheirIds() {
        for (ServiceTask task : all(ServiceTask.class)) {
            String delegate = "${" + task.getId().replaceFirst("^" + idPrefix(task), "") + "Delegate}";
            expect(
                    delegate.equals(task.getCamundaDelegateExpression()),
                    task,
                    "camunda:delegateExpression=\"" + delegate + "\"");
        }
        assertNoFindings();
    }

    @Test
    void labelsAreInSentenceCase() {
        Stream.of(all(Process.class), all(FlowNode.class), all(SequenceFlow.class))
                .flatMap(Collection::stream)
                .forEach(element -> {
                    String label = label(element);
                    if (!isBlank(label)) {
                        expect(isSentenceCase(label), element, "sentence case, not \"" + label + "\"");
                    }
                });
        assertNoFindings();
    }

    @Test
    void everyEndEventIsNamedByItsOutcome() {
        for (EndEvent end : all(EndEvent.class)) {
            expect(!isBlank(end.getName()), end, "a label that tells the outcome");
        }
        assertNoFindings();
    }

    @Test
    void divergingGatewaysAskAQuestionThatTheirFlowsAnswer() {
        for (Gateway gateway : all(Gateway.class)) {
            boolean decides = gateway instanceof ExclusiveGateway
                    || gateway instanceof InclusiveGateway
                    || gateway instanceof ComplexGateway;
            if (decides && gateway.getOutgoing().size() > 1) {
                expect(
                        !isBlank(gateway.getName()) && gateway.getName().endsWith("?"),
                        gateway,
                        "a question as label, with a question mark at its end");
                for (SequenceFlow flow : gateway.getOutgoing()) {
                    expect(!isBlank(flow.getName()), flow, "the answer to \"" + gateway.getName() + "\" as label");
                }
            }
        }
        assertNoFindings();
    }

    @Test
    void joiningGatewaysAreUnnamed() {
        for (Gateway gateway : all(Gateway.class)) {
            if (gateway.getOutgoing().size() <= 1) {
                expect(isBlank(gateway.getName()), gateway, "no label on a gateway that only joins");
            }
        }
        assertNoFindings();
    }

    // Tasks

    @Test
    void everyServiceTaskIsAsyncBefore() {
        for (ServiceTask task : all(ServiceTask.class)) {
            expect(task.isCamundaAsyncBefore(), task, "camunda:asyncBefore=\"true\"");
        }
        assertNoFindings();
    }

    @Test
    void formsOfUserTasksBearTheNameOfTheirTask() throws IOException {
        for (UserTask task : all(UserTask.class)) {
            expectForm(task, task.getCamundaFormRef(), task.getCamundaFormRefBinding(), kebabCase(label(task)));
        }
        assertNoFindings();
    }

    @Test
    void receiveTasksWaitForAMessageNamedInKebabCase() {
        for (ReceiveTask task : all(ReceiveTask.class)) {
            String message = task.getMessage() == null
                    ? ""
                    : Objects.toString(task.getMessage().getName(), "");
            expect(
                    KEBAB_CASE.matcher(message).matches(),
                    task,
                    "a message with a name in kebab-case, not \"" + message + "\"");
        }
        assertNoFindings();
    }

    @Test
    void callActivitiesCallTheFragmentOfTheSameDeployment() {
        for (CallActivity call : all(CallActivity.class)) {
            expect(
                    "deployment".equals(call.getCamundaCalledElementBinding()),
                    call,
                    "camunda:calledElementBinding=\"deployment\"");
            expect(
                    models.containsKey(call.getCalledElement()),
                    call,
                    "a calledElement that is a model in processes/, not " + call.getCalledElement());
        }
        assertNoFindings();
    }

    @Test
    void callActivitiesListWhatTheyPassAndPassTheBusinessKeyOn() {
        for (CallActivity call : all(CallActivity.class)) {
            var in = extensions(call, CamundaIn.class);
            var out = extensions(call, CamundaOut.class);
            boolean all = in.stream().anyMatch(it -> it.getCamundaVariables() != null)
                    || out.stream().anyMatch(it -> it.getCamundaVariables() != null);
            expect(!all, call, "camunda:in and camunda:out for each variable, never variables=\"all\"");
            expect(
                    in.stream().anyMatch(it -> BUSINESS_KEY.contains(Objects.toString(it.getCamundaBusinessKey(), ""))),
                    call,
                    "<camunda:in businessKey=\"#{execution.processBusinessKey}\" />");
        }
        assertNoFindings();
    }

    /** A variable that nobody sets, reads, asks for or shows is passed for nothing. */
    @Test
    void whatCallActivitiesPassIsKnownElsewhere() throws IOException {
        String known = text(Path.of("src/main/java"), ".java")
                + text(FORMS, ".form")
                + text(MODELS, ".bpmn").replaceAll("<camunda:(?:in|out) source=\"(\\w+)\" target=\"\\1\" />", "");
        for (CallActivity call : all(CallActivity.class)) {
            Stream.concat(
                            extensions(call, CamundaIn.class).stream().map(CamundaIn::getCamundaSource),
                            extensions(call, CamundaOut.class).stream().map(CamundaOut::getCamundaSource))
                    .filter(Objects::nonNull)
                    .forEach(passed -> expect(isUsed(passed, known), call, "no " + passed + ", which nothing knows"));
        }
        assertNoFindings();
    }

    /** As a string, or in an expression. */
    private static boolean isUsed(String variable, String known) {
        return known.contains("\"" + variable + "\"")
                || Pattern.compile("[$#]\\{[^}]*\\b" + variable + "\\b")
                        .matcher(known)
                        .find();
    }

    private static String text(Path folder, String ending) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(it -> it.toString().endsWith(ending)).toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    // Errors

    @Test
    void everyErrorHasACodeAndAName() {
        for (ErrorEventDefinition definition : all(ErrorEventDefinition.class)) {
            boolean catchesAll = definition.getError() == null && definition.getParentElement() instanceof CatchEvent;
            expect(
                    definition.getError() != null || catchesAll,
                    (BaseElement) definition.getParentElement(),
                    "a reference to the error that it throws");
        }
        for (Error error : all(Error.class)) {
            expect(!isBlank(error.getErrorCode()), error, "an errorCode");
            expect(!isBlank(error.getName()), error, "a name");
        }
        assertNoFindings();
    }

    /** Neither an error end event of its own nor one of a fragment it calls: the instance would keep the claim. */
    @Test
    void noErrorEndsAProcedure() {
        for (Process process : all(Process.class)) {
            if (isProcedure(process)) {
                for (Thrown thrown : uncaughtErrors(process, new HashSet<>())) {
                    expect(
                            false,
                            thrown.by(),
                            "the error " + thrown.code()
                                    + " to be caught inside the procedure, by a boundary event or an event sub-process");
                }
            }
        }
        assertNoFindings();
    }

    /** An error that is thrown in a process, by an end event or out of a call activity. */
    private record Thrown(FlowNode by, String code) {}

    private static List<Thrown> uncaughtErrors(Process process, Set<String> callers) {
        if (!callers.add(process.getId())) {
            return List.of();
        }
        List<Thrown> thrown = new ArrayList<>();
        for (EndEvent end : inside(process, EndEvent.class)) {
            end.getChildElementsByType(ErrorEventDefinition.class).stream()
                    .map(ProcessModelTest::code)
                    .filter(code -> !isCaught(end, code))
                    .forEach(code -> thrown.add(new Thrown(end, code)));
        }
        for (CallActivity call : inside(process, CallActivity.class)) {
            BpmnModelInstance called = models.get(Objects.toString(call.getCalledElement(), ""));
            if (called != null) {
                called.getModelElementsByType(Process.class).stream()
                        .flatMap(it -> uncaughtErrors(it, callers).stream())
                        .map(Thrown::code)
                        .distinct()
                        .filter(code -> !isCaught(call, code))
                        .forEach(code -> thrown.add(new Thrown(call, code)));
            }
        }
        callers.remove(process.getId());
        return thrown;
    }

    private static boolean isCaught(FlowNode thrower, String code) {
        ModelElementInstance from = thrower;
        while (from instanceof FlowNode node) {
            boolean atBoundary = node.getParentElement().getChildElementsByType(BoundaryEvent.class).stream()
                    .filter(boundary -> node.equals(boundary.getAttachedTo()))
                    .anyMatch(boundary -> catches(boundary, code));
            boolean inEventSubProcess = !isEventSubProcess(node)
                    && node.getParentElement().getChildElementsByType(SubProcess.class).stream()
                            .filter(ProcessModelTest::isEventSubProcess)
                            .flatMap(sub -> sub.getChildElementsByType(StartEvent.class).stream())
                            .anyMatch(start -> catches(start, code));
            if (atBoundary || inEventSubProcess) {
                return true;
            }
            from = node.getParentElement();
        }
        return false;
    }

    private static boolean catches(CatchEvent event, String code) {
        return event.getChildElementsByType(ErrorEventDefinition.class).stream()
                .anyMatch(definition ->
                        definition.getError() == null || code(definition).equals(code));
    }

    private static String code(ErrorEventDefinition definition) {
        return definition.getError() == null
                ? ""
                : Objects.toString(definition.getError().getErrorCode(), "");
    }

    private static boolean isEventSubProcess(FlowNode node) {
        return node instanceof SubProcess sub && sub.triggeredByEvent();
    }

    // Reading models

    private static <T extends ModelElementInstance> List<T> all(Class<T> type) {
        return models.values().stream()
                .flatMap(model -> model.getModelElementsByType(type).stream())
                .toList();
    }

    private static <T extends FlowNode> List<T> inside(Process process, Class<T> type) {
        return process.getModelInstance().getModelElementsByType(type).stream()
                .map(type::cast)
                .toList();
    }

    private static List<StartEvent> startEvents(Process process) {
        return List.copyOf(process.getChildElementsByType(StartEvent.class));
    }

    private static boolean isProcedure(Process process) {
        return !Boolean.FALSE.equals(process.isCamundaStartableInTasklist());
    }

    private static <T extends ModelElementInstance> Collection<T> extensions(BaseElement element, Class<T> type) {
        return element.getExtensionElements() == null
                ? List.of()
                : element.getExtensionElements().getChildElementsByType(type);
    }

    private static Stream<DomElement> elements(DomElement element) {
        return Stream.concat(
                Stream.of(element), element.getChildElements().stream().flatMap(ProcessModelTest::elements));
    }

    // Names

    /** userTask_, boundaryEvent_, textAnnotation_ and so on; gateways of all types gateway_, sequence flows flow_. */
    private static String idPrefix(BaseElement element) {
        if (element instanceof Gateway) {
            return "gateway_";
        }
        return element instanceof SequenceFlow
                ? "flow_"
                : element.getElementType().getTypeName() + "_";
    }

    private static String label(BaseElement element) {
        return Objects.toString(element.getAttributeValue("name"), "");
    }

    private static List<String> words(String label) {
        return Arrays.stream(label.replaceAll("['’]", "").split("[^\\p{L}\\p{N}]+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    /** "Check NocoBase URL of all nodes" becomes checkNocoBaseUrlOfAllNodes. */
    private static String camelCase(String label) {
        String joined = words(label).stream()
                .map(word -> isAcronym(word) ? word.toLowerCase(Locale.ROOT) : word)
                .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                .collect(Collectors.joining());
        return joined.isEmpty() ? "" : joined.substring(0, 1).toLowerCase(Locale.ROOT) + joined.substring(1);
    }

    private static String kebabCase(String label) {
        return String.join("-", words(label)).toLowerCase(Locale.ROOT);
    }

    private static boolean isAcronym(String word) {
        return word.length() > 1 && word.equals(word.toUpperCase(Locale.ROOT));
    }

    private static boolean isSentenceCase(String label) {
        List<String> words = words(label);
        return !words.isEmpty()
                && !Character.isLowerCase(words.get(0).charAt(0))
                && words.stream().skip(1).allMatch(ProcessModelTest::isLowerCaseOrProperNoun);
    }

    /** NocoBase, PostgreSQL and acronyms have a capital further on as well. */
    private static boolean isLowerCaseOrProperNoun(String word) {
        return !Character.isUpperCase(word.charAt(0))
                || word.substring(1).chars().anyMatch(Character::isUpperCase)
                || PROPER_NOUNS.contains(word);
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }

    // Findings

    private void expectForm(FlowNode node, String formRef, String binding, String name) throws IOException {
        expect(name.equals(formRef), node, "camunda:formRef=\"" + name + "\", not " + formRef);
        expect("deployment".equals(binding), node, "camunda:formRefBinding=\"deployment\"");
        Path form = FORMS.resolve(name + ".form");
        if (Files.exists(form)) {
            // The engine finds a form by the id inside it; the name of the file does not matter to it.
            String id = new ObjectMapper().readTree(form.toFile()).path("id").asText();
            expect(id.equals(name), node, "the id \"" + name + "\" inside " + form + ", not \"" + id + "\"");
        } else {
            expect(false, node, "the form " + form);
        }
    }

    private void expect(boolean holds, BaseElement element, String expected) {
        if (!holds) {
            String model = models.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(element.getModelInstance()))
                    .map(Map.Entry::getKey)
                    .findFirst()
                    .orElseThrow();
            findings.add(model + ".bpmn: " + element.getId() + ": expected " + expected);
        }
    }

    private void assertNoFindings() {
        if (!findings.isEmpty()) {
            fail("\n" + String.join("\n", findings));
        }
    }
}
