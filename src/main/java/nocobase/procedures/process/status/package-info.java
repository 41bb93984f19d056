/** Running and past procedures as they are shown, and what people may do to them from outside their tasks. */
package nocobase.procedures.process.status;
