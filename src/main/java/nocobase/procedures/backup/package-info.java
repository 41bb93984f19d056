/**
 * Restore points of a cluster on PostgreSQL: clone in the downtime, durable and verified copy beside the first start, swap
 * back. Knows the ports of {@code cluster} and JDBC, nothing of processes or of Docker.
 */
package nocobase.procedures.backup;
