package nocobase.procedures.backup;

/**
 * One database of a restore point.
 *
 * @param name its name while it serves
 * @param cloneName the copy's name; null where the durable copy is made without one
 * @param size bytes on the server's disk
 */
record CoveredDatabase(String name, String cloneName, long size, DatabaseTraits traits) {}
