package nocobase.procedures.process;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Version;

/** The report of all preconditions. What one part cannot check is a failed check of that part, never a silent gap. */
final class Preconditions {

    private Preconditions() {}

    /** Keeps the report for the people who decide. @throws CannotProceedException if a check failed */
    static void require(ClusterDelegate.ExecutionStep step) {
        List<Check> checks = of(step.cluster(), step.version(Variables.TARGET_VERSION));
        step.set(Variables.CHECKS, Json.of(checks));
        requireNoFailure(checks);
    }

    private static List<Check> of(Cluster cluster, Version target) {
        List<Check> checks = new ArrayList<>();
        checks.addAll(part("Nodes", () -> cluster.runtime().check(target)));
        checks.addAll(part("NocoBase", () -> cluster.application().check(target)));
        checks.addAll(part("Restore points", () -> cluster.restorePoints().check()));
        checks.addAll(part("Load balancer", () -> cluster.balancer().check()));
        return checks;
    }

    private static List<Check> part(String name, Supplier<List<Check>> part) {
        try {
            return part.get();
        } catch (CannotProceedException e) {
            return List.of(Check.fail(name, e.failure().what(), e.failure().remedy()));
        } catch (RuntimeException e) {
            return List.of(Check.fail(
                    name,
                    "The check could not be made: " + e.getMessage(),
                    "Make it reachable for the procedures engine, then try again."));
        }
    }

    /** @throws CannotProceedException if a check failed; it lists each failure with its remedy */
    private static void requireNoFailure(List<Check> checks) {
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
