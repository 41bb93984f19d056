package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * The first node has proved that it serves the wanted version, no other node runs, and the sub-applications have been asked.
 */
@Component
class FirstNodeReadyCondition implements Condition {

    private final SubApplicationQuestion subApplications;

    FirstNodeReadyCondition(SubApplicationQuestion subApplications) {
        this.subApplications = subApplications;
    }

    @Override
    public String message() {
        return "first-node-ready";
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public Progress<Map<String, Object>> look(Step step) {
        Version version = step.version(Variables.VERSION);
        return step.cluster()
                .runtime()
                .scale(Scale.first())
                .then(state -> Results.none(Readiness.named(
                                state.first(), step.cluster().application().ready(state.first(), version))
                        .then(ready -> step.cluster().runtime().asOwned(state.first()))
                        .then(owned ->
                                Readiness.named(state.first(), subApplications.ask(step, state.first(), version)))));
    }
}
