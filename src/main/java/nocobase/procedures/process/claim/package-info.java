/**
 * Who holds a cluster, and how many of its nodes may run: claims, node limits, the guard that holds them, abandoned clusters and
 * downtimes.
 */
package nocobase.procedures.process.claim;
