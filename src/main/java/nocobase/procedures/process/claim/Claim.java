package nocobase.procedures.process.claim;

import java.time.Instant;

/**
 * Who holds a cluster: at most one procedure runs on a cluster.
 *
 * @param operation business key of the procedure
 * @param procedure its process id
 * @param who the starter
 * @param why the reason that the starter gave
 */
public record Claim(
        String cluster,
        String operation,
        String procedure,
        String who,
        Instant since,
        String why,
        String processInstance) {}
