package nocobase.procedures.process.wait;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.process.Step;

/**
 * What a receive task waits for. The condition watcher looks again and again until it is done or failed, and then sends the
 * message to the waiting execution with the results as variables.
 */
public interface Condition {

    /** Name of the message that the receive task waits for. */
    String message();

    /** Pace of the looks: as quick as the outside world bears. */
    default Duration interval() {
        return Duration.ofMillis(250);
    }

    /** Looks once; must be back within seconds. An exception is a failed look: the next one follows. */
    Progress<Map<String, Object>> look(Step step);

    /** Writes down what its fulfilment means beyond the process, in the transaction that sends the step on. */
    default void fulfilled(Step step) {}
}
