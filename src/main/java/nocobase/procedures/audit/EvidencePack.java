package nocobase.procedures.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What one run of a procedure did, complete enough to be read years later without the engine.
 *
 * @param facts by label, in the order in which they are shown: cluster, versions, restore point, …
 * @param endedAt null while it runs
 * @param outcome name of the end event, or how it was ended otherwise; empty while it runs
 * @param downtimes those that it had a part in, in order, as they stood at its end
 * @param before what the cluster consisted of before anything was touched; null if that is not known
 * @param after what it consisted of at the end; null while it runs
 * @param remarks what happened to it from outside, deeds of people in Tasklist and Cockpit among it, in order
 */
public record EvidencePack(
        String operation,
        String procedure,
        Map<String, String> facts,
        Instant startedAt,
        Instant endedAt,
        String outcome,
        List<Downtime> downtimes,
        Inventory before,
        Inventory after,
        List<Step> steps,
        List<Decided> decisions,
        List<Remark> remarks) {

    /** All of them together; null if there was none, or one was not over. */
    public Duration downtime() {
        return downtimes.isEmpty() || downtimes.stream().anyMatch(Downtime::lasts)
                ? null
                : downtimes.stream().map(Downtime::length).reduce(Duration.ZERO, Duration::plus);
    }

    /**
     * One activity, as it ran.
     *
     * @param process name of the fragment that it belongs to
     * @param endedAt null while it runs
     * @param cancelled whether it was broken off (a time limit, a failure)
     */
    public record Step(String process, String name, Instant startedAt, Instant endedAt, boolean cancelled) {}

    /** A decision with its answers. */
    public record Decided(String taskName, String person, Instant decidedAt, List<Answered> answers) {}

    /**
     * One answer.
     *
     * @param question in words
     * @param answer in words
     * @param before what was answered to the same question earlier in this run; null if that is the first answer
     */
    public record Answered(String question, String answer, String before) {}
}
