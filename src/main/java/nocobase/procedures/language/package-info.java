/** The language of the installation: what people read comes from resource bundles, one per room. Knows nobody. */
package nocobase.procedures.language;
