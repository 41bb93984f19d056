package nocobase.procedures.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import nocobase.procedures.Person;
import nocobase.procedures.Person.Task;

/** The people of a run and their fixed policy: accept, try again once mended, then the safe way out. */
final class Attendants {

    static final String PLANNING = "Plan procedure";
    private static final int REPLANNED = 5;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> WAYS_OUT = List.of("rollback", "abort", "goOn");

    /** What a person was shown that is about a failure. */
    record Asked(String key, String text) {}

    private final Stage stage;
    private final int retries;
    private final Deque<Map<String, Object>> works = new ArrayDeque<>();
    private final Set<String> answered = new HashSet<>();
    private final List<Asked> asked = new ArrayList<>();
    private int retried;
    private int replanned;

    /** @param retries how often a failed step is tried again before the safe way out is taken */
    Attendants(Stage stage, int retries) {
        this.stage = stage;
        this.retries = retries;
        works.add(Map.of("work", "plugin", "pluginAction", "enable", "pluginName", "map"));
        works.add(Map.of("work", "plugin", "pluginAction", "disable", "pluginChosen", "@nocobase/plugin-map"));
        works.add(Map.of("work", "takeRestorePoint"));
    }

    List<Asked> asked() {
        return asked;
    }

    int retried() {
        return retried;
    }

    /**
     * Answers what is open.
     *
     * @param left tasks that nobody touches yet
     * @param mend called with the text of a failure before its task is answered
     * @return whether operators are told that the cluster is abandoned
     */
    boolean attend(Predicate<Task> left, java.util.function.Consumer<String> mend) {
        boolean abandoned = false;
        Task doubt = doubt();
        if (doubt != null) {
            // Everything else of the cluster rests until this is answered.
            note(doubt, text(stage.scene.olga, doubt, "doubt"));
            complete(
                    stage.scene.olga, doubt, Map.of("engineChoice", "goOn", "engineComment", "nobody else is at work"));
            return false;
        }
        for (Person person : List.of(stage.scene.olga, stage.scene.maria)) {
            for (Task task : person.tasks()) {
                if (answered.contains(task.id()) || left.test(task)) {
                    continue;
                }
                if (task.key().equals("lookAfterCluster")) {
                    abandoned = true;
                    note(task, text(person, task, "clientsSee"));
                    answered.add(task.id());
                } else {
                    answer(task, mend);
                }
            }
        }
        return abandoned;
    }

    private Task doubt() {
        return stage.scene.olga.tasks().stream()
                .filter(task -> task.key().equals("decideWhetherEngineGoesOn") && !answered.contains(task.id()))
                .findFirst()
                .orElse(null);
    }

    private void answer(Task task, java.util.function.Consumer<String> mend) {
        Person olga = stage.scene.olga;
        switch (task.key()) {
            case "reviewPlan" ->
                complete(olga, task, Map.of("planAccepted", true, "acceptedWarnings", olga.warnings(task)));
            case "verifyFunctionality" ->
                complete(
                        stage.scene.otto, task, Map.of("verification", "works", "verificationComment", "looked at it"));
            case "approveRollback" ->
                complete(stage.scene.maria, task, Map.of("rollbackApproved", true, "approvalComment", "go ahead"));
            case "chooseWayBack" ->
                complete(
                        olga,
                        task,
                        Map.of("wayBack", values(olga, task, "waysBack").get(0), "wayBackComment", "as it is best"));
            case "chooseWork" -> complete(olga, task, works.isEmpty() ? Map.of("work", "done") : works.poll());
            case "decideHowToGoOn" -> decide(olga, task, mend);
            case "mendTechnicalIncident" -> {
                String text = text(olga, task, "incidentMessage");
                note(task, text);
                mend.accept("Blocked by a technical fault: " + text);
                complete(olga, task, Map.of("mendComment", "mended"));
            }
            default -> throw new AssertionError("No policy for " + task);
        }
    }

    private void decide(Person olga, Task task, java.util.function.Consumer<String> mend) {
        JsonNode failure = json(text(olga, task, "failure"));
        String step = text(olga, task, "failedStep");
        String text = step + " failed: " + failure.path("what").asText();
        note(task, failure.path("what").asText().isBlank() ? "" : text);
        mend.accept(text);
        List<String> offered = values(olga, task, "options");
        // What keeps a procedure from being planned has been mended now, and nothing was done yet.
        boolean planning = step.equals(PLANNING) && replanned++ < REPLANNED;
        // What the version itself broke, trying again does not mend.
        boolean hopeless = text.contains(Run.FAULT_OF_THE_VERSION);
        String decision = offered.contains("retry") && !hopeless && (planning || retried < retries)
                ? "retry"
                : WAYS_OUT.stream()
                        .filter(offered::contains)
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("No way out is offered: " + offered));
        retried += decision.equals("retry") && !planning ? 1 : 0;
        complete(olga, task, Map.of("decision", decision, "decisionComment", "as agreed for this case"));
    }

    private void note(Task task, String text) {
        asked.add(new Asked(task.key(), text));
    }

    private void complete(Person person, Task task, Map<String, Object> answers) {
        answered.add(task.id());
        try {
            person.complete(task, answers);
        } catch (AssertionError e) {
            answered.remove(task.id());
            throw e;
        }
    }

    private static String text(Person person, Task task, String variable) {
        return person.shown(task).path(variable).path("value").asText();
    }

    private static List<String> values(Person person, Task task, String variable) {
        return json(text(person, task, variable)).findValuesAsText("value");
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }
}
