/** The Camunda engine: deployment, what happens when procedures start and end, incidents and jobs nobody works on. */
package nocobase.procedures.process.engine;
