/**
 * The rehearsal runtime: a simulated cluster behind the same ports as a real one, for training staff and for testing the
 * processes. {@link nocobase.procedures.rehearsal.RehearsalClusters} makes one, {@link
 * nocobase.procedures.rehearsal.RehearsalFault} lists the faults to order.
 */
package nocobase.procedures.rehearsal;
