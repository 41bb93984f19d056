package nocobase.procedures.process.step;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.step.ClusterDelegate.ExecutionStep;

/**
 * Starts the first node again where NocoBase in it came to a state that never heals by itself: clients get nothing but that
 * state, and no step with it can succeed. Which start was the broken one is written down, so that a restart of the engine in
 * between neither forgets it nor does it twice.
 */
final class FirstNodeAgain {

    private static final Messages MESSAGES = Messages.of("process");

    private FirstNodeAgain() {}

    /** @return whether it is to be started again, which {@link #look} does */
    static boolean needed(ExecutionStep step, Node first) {
        boolean broken = first.running() && ready(step, first) instanceof Progress.Failed;
        if (broken) {
            step.set(Variables.BROKEN_START, first.startedAt().toString());
        }
        return broken;
    }

    /** Empty where it was not needed, or the node is ready again. */
    static Optional<Progress<Map<String, Object>>> look(Step step) {
        String broken = step.text(Variables.BROKEN_START);
        if (broken == null) {
            return Optional.empty();
        }
        ClusterState state = step.cluster().runtime().observe();
        Node first = state.first();
        if (first.running() && broken.equals(String.valueOf(first.startedAt()))) {
            step.cluster().runtime().expel(List.of(first));
            return Optional.of(Progress.pending(MESSAGES.text("firstNode.broken", first.name())));
        }
        if (!first.running()) {
            Progress<ClusterState> started = step.cluster().runtime().scale(Scale.all(othersAtRest(state)));
            return Optional.of(
                    started instanceof Progress.Failed
                            ? Results.none(started)
                            : Progress.pending(MESSAGES.text("firstNode.startingAgain", first.name())));
        }
        Progress<NocoBase.Readiness> ready = ready(step, first);
        return ready instanceof Progress.Done
                ? Optional.empty()
                : Optional.of(Results.none(Readiness.named(first, ready)));
    }

    private static Progress<NocoBase.Readiness> ready(Step step, Node first) {
        return step.cluster()
                .application()
                .ready(List.of(first), step.version(Variables.VERSION))
                .get(0);
    }

    private static Set<String> othersAtRest(ClusterState state) {
        return state.nodes().stream()
                .filter(node -> !node.running())
                .map(Node::name)
                .filter(name -> !name.equals(state.first().name()))
                .collect(Collectors.toSet());
    }
}
