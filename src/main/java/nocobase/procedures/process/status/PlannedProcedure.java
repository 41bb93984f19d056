package nocobase.procedures.process.status;

import java.time.Instant;
import nocobase.procedures.process.claim.Claim;

/**
 * A procedure that waits for its maintenance window and locks nothing yet.
 *
 * @param name of the procedure ("Version upgrade")
 * @param previousVersion null as long as it is not known
 * @param targetVersion null where the version is not switched
 * @param window when its work begins by itself, or null
 * @param windowEnd after which it does not begin by itself, or null
 */
public record PlannedProcedure(
        Claim claim, String name, String previousVersion, String targetVersion, Instant window, Instant windowEnd) {}
