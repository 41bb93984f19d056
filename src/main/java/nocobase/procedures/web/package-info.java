/** What browsers and REST callers get besides Camunda's own pages: the start page and readable refusals. */
package nocobase.procedures.web;
