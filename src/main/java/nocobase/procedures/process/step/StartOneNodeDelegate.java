package nocobase.procedures.process.step;

import java.time.Duration;
import java.util.Map;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.MaintenanceStep;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.claim.NodeLimits;
import nocobase.procedures.process.wait.Condition;
import org.springframework.stereotype.Component;

/**
 * Starts the first node only.
 *
 * <p>Awaited: The first node has proved that it serves the wanted version, no other node runs, and the sub-applications have
 * been asked.
 */
@Component
class StartOneNodeDelegate extends ClusterDelegate implements Condition {

    private final MaintenancePageContent page;
    private final NodeLimits limits;
    private final SubApplicationQuestion subApplications;

    StartOneNodeDelegate(
            Clusters clusters, NodeLimits limits, MaintenancePageContent page, SubApplicationQuestion subApplications) {
        super(clusters);
        this.page = page;
        this.limits = limits;
        this.subApplications = subApplications;
    }

    @Override
    void perform(ExecutionStep step) {
        ClusterRuntime runtime = step.cluster().runtime();
        step.set(Variables.FIRST_NODE, runtime.observe().first().name());
        // Before it starts: under the limit so far, the guard would stop it.
        limits.firstOnly(step.operation());
        launched(runtime.scale(Scale.first()));
        page.show(step, starting(step));
    }

    private static MaintenanceStep starting(ExecutionStep step) {
        if (ProcessKeys.FIRST_START.equals(step.text(Variables.PROCEDURE))) {
            return MaintenanceStep.INSTALLING;
        }
        String version = step.required(Variables.VERSION);
        if (version.equals(step.text(Variables.PREVIOUS_VERSION))) {
            return MaintenanceStep.STARTING_PREVIOUS_VERSION;
        }
        return version.equals(step.text(Variables.TARGET_VERSION))
                ? MaintenanceStep.STARTING_NEW_VERSION
                : MaintenanceStep.STARTING;
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
