package nocobase.procedures.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The answers of a guided failure and of the verification, in the words of the person who must choose. */
final class Choices {

    private static final Set<String> UNTOUCHED =
            Set.of("Plan procedure", "Pull image", "Prepare upgrade", "Take online restore point");
    private static final Set<String> BEFORE_ANY_START = Set.of("Suspend service", "Take restore point");
    private static final Map<String, String> LABELS = new LinkedHashMap<>();

    static {
        LABELS.put("retry", "Try again: the cause is mended, or may pass");
        LABELS.put("withoutNodes", "Go on without the nodes named below");
        LABELS.put("goOn", "Go on without this step");
        LABELS.put(
                "startAnew",
                "Begin anew: the half-made database is kept under another name, an empty one takes its place");
        LABELS.put("rollback", "Request a rollback to the previous version (a manager approves it)");
    }

    private Choices() {}

    /**
     * @param choices comma-separated, in the order in which they are offered; null for none
     * @param failedStep the phase that failed
     * @param asBefore whether an abort can bring the cluster back as it was: an upgrade that started no node yet
     * @param serving whether clients reach the application
     */
    static List<Map<String, String>> of(String choices, String failedStep, boolean asBefore, boolean serving) {
        if (choices == null || choices.isBlank()) {
            return List.of();
        }
        return Arrays.stream(choices.split(","))
                .map(choice -> option(
                        choice.equals("abort") ? abort(failedStep, asBefore, serving) : LABELS.get(choice), choice))
                .toList();
    }

    /** What an abort leads to depends on how far the procedure got: whoever chooses it must know. */
    private static String abort(String failedStep, boolean asBefore, boolean serving) {
        if (UNTOUCHED.contains(failedStep)) {
            return "Abort: the procedure ends, nothing was touched";
        }
        if (serving) {
            return "Reduce to one node".equals(failedStep)
                    ? "Abort: no work is done, every node serves again"
                    : "Abort: the procedure ends, the nodes that serve go on serving";
        }
        return asBefore && BEFORE_ANY_START.contains(failedStep)
                ? "Abort: the previous version goes back into service"
                : "Abort: the procedure ends, the cluster stays behind the 503 page, everything is kept";
    }

    /** @param otherWayPossible whether another state of the data can be chosen instead */
    static List<Map<String, String>> verdicts(boolean rollbackPossible, boolean otherWayPossible) {
        Map<String, String> works = option("It works: start the other nodes and open the cluster", "works");
        Map<String, String> troubleshoot =
                option("Something is wrong: I look into it and verify again", "troubleshoot");
        Map<String, String> rollback =
                option("It cannot be mended: request a rollback (a manager approves it)", "rollback");
        Map<String, String> otherWay =
                option("It cannot be mended: choose another way back (another restore point)", "otherWay");
        List<Map<String, String>> verdicts = new ArrayList<>(List.of(works, troubleshoot));
        if (rollbackPossible) {
            verdicts.add(rollback);
        }
        if (otherWayPossible) {
            verdicts.add(otherWay);
        }
        return verdicts;
    }

    static Map<String, String> option(String label, String value) {
        Map<String, String> option = new LinkedHashMap<>();
        option.put("label", label);
        option.put("value", value);
        return option;
    }
}
