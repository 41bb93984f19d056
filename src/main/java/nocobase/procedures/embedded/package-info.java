/**
 * The embedded default: where no {@code spring.datasource.url} is set, the engine brings its own PostgreSQL, so that one
 * command starts everything on a machine with nothing but a JDK.
 */
package nocobase.procedures.embedded;
