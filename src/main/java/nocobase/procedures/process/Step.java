package nocobase.procedures.process;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;

/** What a delegate or a condition knows of the step it works for, typed. */
public interface Step {

    Cluster cluster();

    OperationId operation();

    /** The variable's text, or null if it is not set. */
    String text(String variable);

    /** @throws IllegalStateException if the variable is not set: the model forgot to pass it on */
    default String required(String variable) {
        String value = text(variable);
        if (value == null || value.isBlank()) {
            throw new IllegalStateException("The process variable \"" + variable + "\" is not set in " + operation());
        }
        return value;
    }

    default Version version(String variable) {
        return Version.parse(required(variable));
    }

    default Set<String> names(String variable) {
        String value = text(variable);
        return value == null || value.isBlank()
                ? Set.of()
                : Arrays.stream(value.split(",")).map(String::strip).collect(Collectors.toUnmodifiableSet());
    }

    /** The piece of work in a maintenance, which has an id of its own; else the procedure's. */
    default OperationId work() {
        String work = text(Variables.WORK_OPERATION);
        return work == null ? operation() : new OperationId(work);
    }

    /** The restore under way: a later one of the same operation has an id of its own. */
    default OperationId restoral() {
        String restoral = text(Variables.RESTORAL);
        return restoral == null ? operation() : new OperationId(restoral);
    }

    /** All nodes but those that a person decided to go on without. */
    default Scale allNodes() {
        return Scale.all(names(Variables.WITHOUT_NODES));
    }
}
