package nocobase.procedures.campaign;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Something that breaks.
 *
 * @param name as in the table
 * @param expected what shall come of it, for people
 * @param strike breaks it
 * @param heal mends it
 * @param healed when it is mended
 * @param lasts how long it lasts if it heals in time
 * @param over when it is over, or null: when the procedure has gone on
 * @param tolerated what may be seen while it lasts, and must not be seen otherwise
 */
record Fault(
        String name,
        String expected,
        Act strike,
        Act heal,
        Healed healed,
        Duration lasts,
        Predicate<Stage> over,
        Set<Tolerated> tolerated) {

    /** What is done to the stage. */
    interface Act {
        void on(Stage stage);
    }

    enum Healed {
        /** By itself or by nobody's leave, after a time: nobody may be asked. */
        IN_TIME,
        /** By a person, who must be asked in Tasklist. */
        WHEN_ASKED,
        /** Nothing is there to be mended. */
        AT_ONCE
    }

    enum Tolerated {
        /** One node too many, of whatever version, for as long as the guard needs. */
        INTRUDER,
        /** Clients reach nobody: what they would reach is what is broken. */
        NO_BALANCER,
        /** A node's container is started a second time. */
        SECOND_START,
        /** The engine cannot be asked meanwhile. */
        SILENT_ENGINE,
        /** A person may be asked although it heals by itself. */
        QUESTION,
        /** Clients get errors of the application: what it stands on is broken. */
        NODES_FAIL,
        /** The engine's history tells other times than those at which things happened. */
        OTHER_CLOCK,
        /** The procedure is deleted. */
        DELETED
    }

    static Fault inTime(String name, String expected, Duration lasts, Act strike, Act heal) {
        return new Fault(name, expected, strike, heal, Healed.IN_TIME, lasts, null, Set.of());
    }

    static Fault whenAsked(String name, String expected, Act strike, Act heal) {
        return new Fault(name, expected, strike, heal, Healed.WHEN_ASKED, Duration.ZERO, null, Set.of());
    }

    static Fault atOnce(String name, String expected, Act strike) {
        return new Fault(name, expected, strike, stage -> {}, Healed.AT_ONCE, Duration.ZERO, null, Set.of());
    }

    Fault tolerating(Tolerated first, Tolerated... others) {
        return new Fault(name, expected, strike, heal, healed, lasts, over, EnumSet.of(first, others));
    }

    Fault over(Predicate<Stage> condition) {
        return new Fault(name, expected, strike, heal, healed, lasts, condition, tolerated);
    }

    boolean tolerates(Tolerated what) {
        return tolerated.contains(what);
    }
}
