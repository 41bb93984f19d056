package nocobase.procedures.process.status;

import java.time.Instant;
import java.util.List;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.claim.Claim;

/**
 * A procedure that holds a cluster, or is planned for it, as people want to see it.
 *
 * @param name of the procedure ("Version upgrade")
 * @param previousVersion null as long as it is not known
 * @param targetVersion null where the version is not switched
 * @param planned whether it holds the cluster only when its window opens
 * @param window when the work begins by itself, or null
 * @param windowEnd after which it does not begin by itself, or null
 * @param done phases that ended, in order; one that was tried again stands there several times
 * @param present the phase in which it is, or null between two
 * @param next phases that follow if all goes well
 * @param steps what goes on in the present phase: as a rule one step
 */
public record RunningProcedure(
        Claim claim,
        boolean planned,
        String name,
        String previousVersion,
        String targetVersion,
        Instant window,
        Instant windowEnd,
        List<Phase> done,
        Phase present,
        List<String> next,
        List<Step> steps) {

    /**
     * @param to null while it runs
     * @param brokenOff whether it ended by a failure or a decision
     */
    public record Phase(String activity, String name, Instant from, Instant to, boolean brokenOff) {}

    /**
     * What goes on.
     *
     * @param kind {@code task} of a person, {@code wait} for the outside world, or {@code work} of the engine
     * @param fragment name of the fragment that it belongs to
     * @param seen what the last look saw ("load plugin [users], 46/77"), or why the step is tried again; may be empty
     * @param stuck whether all tries failed on a technical fault
     */
    public record Step(String kind, String fragment, String name, Instant since, String seen, boolean stuck) {}
}
