package nocobase.procedures.process.status;

import java.time.Instant;

/**
 * A procedure that ended.
 *
 * @param outcome name of its end event, or how it was ended otherwise
 */
public record PastProcedure(
        String cluster, String operation, String name, String starter, Instant from, Instant to, String outcome) {}
