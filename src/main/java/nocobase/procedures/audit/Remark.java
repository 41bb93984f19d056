package nocobase.procedures.audit;

import java.time.Instant;

/**
 * Something that happened to a procedure from outside and belongs into its evidence.
 *
 * @param operation business key of the procedure
 * @param key what it is about: the same is remarked once
 * @param text for people, one or two sentences
 */
public record Remark(String operation, String key, Instant at, String text) {}
