package nocobase.procedures.campaign;

import java.time.Duration;
import java.time.Instant;

/** A fault at a step of one run, and what came of it. */
final class Strike {

    final Step step;
    final Fault fault;
    /** When striking began, and when it was done. */
    Instant struckFrom;

    Instant struckAt;
    /** When mending began. */
    Instant mendedFrom;
    /** When mending was done. */
    Instant healedAt;

    Instant recoveredAt;
    /** What a person was asked because of it, or null. */
    String asked;

    Strike(Step step, Fault fault) {
        this.step = step;
        this.fault = fault;
    }

    static Strike at(Step step, Fault fault) {
        return new Strike(step, fault);
    }

    boolean pending() {
        return struckAt == null;
    }

    /** A wait that was over before it could be struck. Steps that have a breakpoint cannot be missed. */
    boolean missed() {
        return pending() && step.isReceive();
    }

    boolean open() {
        return struckAt != null && recoveredAt == null;
    }

    boolean healed() {
        return healedAt != null;
    }

    /** Whether it was under way at that moment, and for as long after it as busy cores need. */
    boolean covers(Instant moment, Duration grace) {
        return struckAt != null
                && !moment.isBefore(struckFrom.minusMillis(200))
                && (healedAt == null || !moment.isAfter(healedAt.plus(grace)));
    }

    Outcome outcome(String procedure) {
        String text = pending()
                ? missed() ? "not struck: the wait was over" : "NEVER STRUCK"
                : recoveredAt == null ? "DID NOT RECOVER" : asked == null ? "went on by itself" : "asked: " + asked;
        boolean before = mendedFrom == null || recoveredAt == null || recoveredAt.isBefore(mendedFrom);
        Instant from = before ? struckAt : mendedFrom;
        return new Outcome(
                procedure,
                fault.name(),
                step.toString(),
                text,
                recoveredAt == null ? null : Duration.between(from, recoveredAt));
    }
}
