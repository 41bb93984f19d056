package nocobase.procedures.process;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nocobase.procedures.language.Messages;

/** The answers of a guided failure and of the verification, in the words of the person who must choose. */
public final class Choices {

    private static final Messages MESSAGES = Messages.of("process");
    private static final Set<String> UNTOUCHED = Set.of(
            ProcessKeys.PLAN_PROCEDURE,
            ProcessKeys.PULL_IMAGE,
            ProcessKeys.PREPARE_UPGRADE,
            ProcessKeys.TAKE_ONLINE_RESTORE_POINT);
    private static final Set<String> BEFORE_ANY_START =
            Set.of(ProcessKeys.SUSPEND_SERVICE, ProcessKeys.TAKE_RESTORE_POINT);

    private static final String RETRY = "retry";

    private Choices() {}

    /**
     * Where a step failed, and how.
     *
     * @param path who called it: the step itself comes first
     * @param serving whether clients reach the application
     * @param moreTime whether nothing but its time limit struck, and nodes are starting that a retry would stop
     * @param lasting whether it fails again however often it is tried: that is offered last then
     */
    public record Situation(CallPath path, boolean serving, boolean moreTime, boolean lasting) {

        private boolean in(Set<String> steps) {
            return steps.contains(path.caller());
        }
    }

    /** @param choices comma-separated, in the order in which they are offered; null for none */
    public static List<Map<String, String>> of(String choices, Situation situation) {
        List<Map<String, String>> options = new ArrayList<>();
        if (choices == null || choices.isBlank()) {
            return options;
        }
        if (situation.moreTime()) {
            options.add(option(MESSAGES.text("choice.waitLonger"), "waitLonger"));
        }
        List<String> known = new ArrayList<>(List.of(choices.split(",")));
        if (situation.lasting() && known.remove(RETRY)) {
            known.add(RETRY);
        }
        known.stream()
                // While clients are served, to send them back is all that an abort could be.
                .filter(choice -> !choice.equals("abort") || !situation.serving() || !known.contains("sendBack"))
                .map(choice -> option(label(choice, situation), choice))
                .forEach(options::add);
        return options;
    }

    private static String label(String choice, Situation situation) {
        return switch (choice) {
            case "abort" -> MESSAGES.text("abort." + abort(situation));
            case RETRY -> MESSAGES.text(retry(situation));
            default -> MESSAGES.text("choice." + choice);
        };
    }

    private static String retry(Situation situation) {
        if (situation.lasting()) {
            return "choice.retryLasting";
        }
        return situation.moreTime() ? "choice.startAgain" : "choice.retry";
    }

    /** What an abort leads to depends on how far the procedure got: whoever chooses it must know. */
    private static String abort(Situation situation) {
        CallPath path = situation.path();
        if (situation.in(UNTOUCHED)) {
            if (path.within(ProcessKeys.PERFORM_WORK)) {
                return "chooseWorkAgain";
            }
            return path.within(ProcessKeys.BRING_BACK) ? "chooseAgain" : "untouched";
        }
        if (path.within(ProcessKeys.VERSION_UPGRADE)
                && !path.within(ProcessKeys.BRING_BACK)
                && situation.in(BEFORE_ANY_START)) {
            return "previousVersion";
        }
        if (path.caller().equals(ProcessKeys.REDUCE_TO_ONE_NODE)) {
            return "everyNodeServes";
        }
        return situation.serving() ? "serving" : "behindPage";
    }

    /** What happens next if a person finds that it works. */
    public enum Next {
        OPEN,
        /** Clients are let in before the other nodes are ready. */
        OPEN_EARLY,
        /** Clients are served already, by the node that is verified. */
        RESTART
    }

    /** @param otherWayPossible whether another state of the data can be chosen instead */
    public static List<Map<String, String>> verdicts(Next next, boolean rollbackPossible, boolean otherWayPossible) {
        List<Map<String, String>> verdicts = new ArrayList<>();
        verdicts.add(option(MESSAGES.text("verdict.works." + next), "works"));
        verdicts.add(option(MESSAGES.text("verdict.troubleshoot"), "troubleshoot"));
        if (rollbackPossible) {
            verdicts.add(option(MESSAGES.text("verdict.rollback"), "rollback"));
        }
        if (otherWayPossible) {
            verdicts.add(option(MESSAGES.text("verdict.otherWay"), "otherWay"));
        }
        return verdicts;
    }

    public static Map<String, String> option(String label, String value) {
        Map<String, String> option = new LinkedHashMap<>();
        option.put("label", Literal.label(label));
        option.put("value", value);
        return option;
    }
}
