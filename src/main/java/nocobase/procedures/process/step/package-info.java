/** One service task or receive task each: what it launches on a cluster, and how that is observed. */
package nocobase.procedures.process.step;
