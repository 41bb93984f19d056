/**
 * Who may do what: users, groups and grants, the doors of the web interface, and the checks on what people send to the
 * engine. Knows Camunda and Spring Security, no adapter.
 */
package nocobase.procedures.security;
