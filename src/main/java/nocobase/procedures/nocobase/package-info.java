/** NocoBase itself: whether a node is ready, which version the database has, and what must be so before a change. */
package nocobase.procedures.nocobase;
