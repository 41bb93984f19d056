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
        LABELS.put("abort", "Abort");
    }

    private Choices() {}

    /** @param choices comma-separated, in the order in which they are offered; null for none */
    static List<Map<String, String>> of(String choices) {
        if (choices == null || choices.isBlank()) {
            return List.of();
        }
        return Arrays.stream(choices.split(","))
                .map(choice -> option(LABELS.get(choice), choice))
                .toList();
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
