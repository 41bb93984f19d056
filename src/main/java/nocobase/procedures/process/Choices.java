package nocobase.procedures.process;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The answers of a guided failure and of the verification, in the words of the person who must choose. */
final class Choices {

    private static final Map<String, String> LABELS = new LinkedHashMap<>();

    static {
        LABELS.put("retry", "Try again: the cause is mended, or may pass");
        LABELS.put("withoutNodes", "Go on without the nodes named below");
        LABELS.put("goOn", "Go on without this step");
        LABELS.put("rollback", "Request a rollback to the previous version (a manager approves it)");
    }

    private Choices() {}

    /**
     * @param choices comma-separated, in the order in which they are offered; null for none
     * @param failedStep the phase that failed
     * @param firstNodeStarted whether a node was already started anew in this procedure
     */
    static List<Map<String, String>> of(String choices, String failedStep, boolean firstNodeStarted) {
        if (choices == null || choices.isBlank()) {
            return List.of();
        }
        return Arrays.stream(choices.split(","))
                .map(choice -> option(
                        choice.equals("abort") ? abort(failedStep, firstNodeStarted) : LABELS.get(choice), choice))
                .toList();
    }

    /** What an abort leads to depends on how far the procedure got: whoever chooses it must know. */
    private static String abort(String failedStep, boolean firstNodeStarted) {
        boolean untouched = "Plan procedure".equals(failedStep) || "Prepare upgrade".equals(failedStep);
        boolean before =
                "Take restore point".equals(failedStep) || ("Suspend service".equals(failedStep) && !firstNodeStarted);
        if (untouched) {
            return "Abort: the procedure ends, nothing was touched";
        }
        return before
                ? "Abort: the previous version goes back into service"
                : "Abort: the procedure ends, the cluster stays behind the 503 page, everything is kept";
    }

    static List<Map<String, String>> verdicts(boolean rollbackPossible) {
        Map<String, String> works = option("It works: start the other nodes and open the cluster", "works");
        Map<String, String> troubleshoot =
                option("Something is wrong: I look into it and verify again", "troubleshoot");
        Map<String, String> rollback =
                option("It cannot be mended: request a rollback (a manager approves it)", "rollback");
        return rollbackPossible ? List.of(works, troubleshoot, rollback) : List.of(works, troubleshoot);
    }

    static Map<String, String> option(String label, String value) {
        Map<String, String> option = new LinkedHashMap<>();
        option.put("label", label);
        option.put("value", value);
        return option;
    }
}
