package nocobase.procedures.process.step;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.SharedContainers;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.Variables;

/** The report of all preconditions. What one part cannot check is a failed check of that part, never a silent gap. */
final class Preconditions {

    private static final Messages MESSAGES = Messages.of("process");

    private Preconditions() {}

    /** Keeps the report for the people who decide. @throws CannotProceedException if a check failed */
    static void require(ClusterDelegate.ExecutionStep step, Clusters clusters) {
        String target = step.text(Variables.TARGET_VERSION);
        List<Check> checks =
                of(step.cluster(), step.required(Variables.PROCEDURE), target == null ? null : Version.parse(target));
        checks.addAll(part(MESSAGES.text("check.nodes"), () -> SharedContainers.check(step.cluster(), clusters)));
        step.set(Variables.CHECKS, Json.of(checks));
        requireNoFailure(checks);
    }

    private static List<Check> of(Cluster cluster, String procedure, Version target) {
        List<Check> checks = new ArrayList<>(
                procedure.equals(ProcessKeys.FIRST_START)
                        ? ofFirstStart(cluster)
                        : ofRunning(cluster, procedure.equals(ProcessKeys.RETURN_TO_SERVICE), target));
        if (procedure.equals(ProcessKeys.IN_APP_MAINTENANCE)) {
            checks.addAll(part(MESSAGES.text("check.servingNodes"), () -> List.of(severalNodes(cluster))));
        }
        checks.addAll(part(
                MESSAGES.text("check.balancer"),
                () -> cluster.balancer().check(cluster.runtime().observe().nodes())));
        return checks;
    }

    private static List<Check> ofFirstStart(Cluster cluster) {
        List<Check> checks = new ArrayList<>(
                part(MESSAGES.text("check.nodes"), () -> cluster.runtime().checkFirstStart()));
        checks.addAll(part("NocoBase", () -> cluster.application().checkFirstStart()));
        return checks;
    }

    private static List<Check> ofRunning(Cluster cluster, boolean mending, Version target) {
        List<Check> checks = new ArrayList<>(part(
                MESSAGES.text("check.nodes"),
                () -> found(mending, cluster.runtime().check(target))));
        checks.addAll(
                part("NocoBase", () -> found(mending, cluster.application().check(target))));
        checks.addAll(part(
                MESSAGES.text("check.restorePoints"),
                () -> found(mending, cluster.restorePoints().check())));
        return checks;
    }

    /** Stands for the stop of all nodes but one, and of that one later: no call refuses it. One node serves while the others are stopped, and others while that one restarts. */
    private static Check severalNodes(Cluster cluster) {
        String name = MESSAGES.text("check.servingNodes");
        long serving = cluster.runtime().observe().running().stream()
                .filter(node -> !node.worker())
                .count();
        return serving > 1
                ? Check.pass(name, MESSAGES.text("check.servingNodes.enough", serving))
                : Check.fail(
                        name,
                        MESSAGES.text("check.servingNodes.few", serving),
                        MESSAGES.text("check.servingNodes.few.remedy"));
    }

    /** Differing or half-made nodes, an upgrade that ended half way, or no room for a restore point, are what a return to service is there for. */
    static List<Check> found(boolean mending, List<Check> checks) {
        return !mending
                ? checks
                : checks.stream()
                        .map(check -> check.result() == Check.Result.FAIL
                                ? Check.warn(check.name(), check.finding(), accepting(check))
                                : check)
                        .toList();
    }

    private static String accepting(Check check) {
        return check.returnIsRemedy() || check.remedy().isBlank()
                ? MESSAGES.text("check.accept")
                : MESSAGES.text("check.acceptOrFix", check.remedy());
    }

    private static List<Check> part(String name, Supplier<List<Check>> part) {
        try {
            return part.get();
        } catch (FailureException e) {
            return List.of(Check.fail(name, e.failure().what(), e.failure().remedy()));
        } catch (RuntimeException e) {
            return List.of(Check.fail(
                    name, MESSAGES.text("check.notMade", e.getMessage()), MESSAGES.text("check.notMade.remedy")));
        }
    }

    /** @throws CannotProceedException if a check failed; it lists each failure with its remedy */
    static void requireNoFailure(List<Check> checks) {
        List<Check> failed = checks.stream()
                .filter(check -> check.result() == Check.Result.FAIL)
                .toList();
        if (!failed.isEmpty()) {
            throw new CannotProceedException(Failure.of(
                    failed.stream()
                            .map(check -> check.name() + ": " + check.finding())
                            .collect(Collectors.joining("\n")),
                    failed.stream().map(Check::remedy).distinct().collect(Collectors.joining("\n"))));
        }
    }
}
