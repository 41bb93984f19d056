package nocobase.procedures.process;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;
import nocobase.procedures.security.Refusal;

/** When the work may begin: not before one moment, and by itself not after another. */
public record MaintenanceWindow(Instant begins, Instant ends) {

    /** Whoever names no end means a night's work. */
    static final Duration USUAL = Duration.ofHours(4);

    private static final Messages MESSAGES = Messages.of("process");

    /**
     * As a person gave it, checked.
     *
     * @return null if none was given
     * @throws org.camunda.bpm.engine.ProcessEngineException with a refusal
     */
    public static MaintenanceWindow read(Object begins, Object ends, Clock clock) {
        Instant from = moment(begins, "window.begins");
        Instant to = moment(ends, "window.ends");
        if (from == null) {
            if (to != null) {
                throw Refusal.badInput(MESSAGES.text("window.endAlone"));
            }
            return null;
        }
        if (from.isBefore(clock.instant())) {
            throw Refusal.badInput(MESSAGES.text("window.past", Moments.shown(from)));
        }
        MaintenanceWindow window = new MaintenanceWindow(from, to == null ? from.plus(USUAL) : to);
        if (!window.ends().isAfter(window.begins())) {
            throw Refusal.badInput(MESSAGES.text("window.endsFirst", Moments.shown(window.ends())));
        }
        return window;
    }

    /** As a procedure keeps it; null if it has none, without an end if it comes from a time when windows had none. */
    public static MaintenanceWindow of(Step step) {
        String begins = step.text(Variables.WINDOW);
        String ends = step.text(Variables.WINDOW_END);
        return begins == null || ends == null
                ? null
                : new MaintenanceWindow(Instant.parse(begins), Instant.parse(ends));
    }

    public boolean isOver(Instant now) {
        return now.isAfter(ends);
    }

    public String kept(Instant moment) {
        return moment.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static Instant moment(Object given, String field) {
        if (given == null || given.toString().isBlank()) {
            return null;
        }
        if (given instanceof Date date) {
            return date.toInstant();
        }
        try {
            return OffsetDateTime.parse(given.toString()).toInstant();
        } catch (DateTimeParseException e) {
            throw Refusal.badInput(
                    MESSAGES.text("window.noMoment", MESSAGES.text(field), Texts.shown(given.toString())));
        }
    }
}
