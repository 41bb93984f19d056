package nocobase.procedures.audit;

import java.time.Instant;

/**
 * A line of the list of evidence packs. Kept with the pack: the engine's history may be gone when it is read.
 *
 * @param versions "2.2.15 → 2.2.16", one version where it was not switched, or empty
 * @param who started it
 * @param downtimeSeconds null if there was none, or none that ended
 */
public record EvidenceSummary(
        String operation,
        String cluster,
        String procedure,
        String versions,
        String outcome,
        String who,
        Instant startedAt,
        Long downtimeSeconds) {

    /** What is left where neither a summary was kept nor the history knows more. */
    static EvidenceSummary unknown(String operation, Instant keptAt) {
        int suffix = operation.lastIndexOf('-');
        return new EvidenceSummary(
                operation, suffix < 0 ? operation : operation.substring(0, suffix), "", "", "", "", keptAt, null);
    }
}
