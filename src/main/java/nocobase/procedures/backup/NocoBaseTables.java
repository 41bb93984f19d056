package nocobase.procedures.backup;

import nocobase.procedures.cluster.DatabaseSettings;

/** How NocoBase's tables are called under {@code DB_SCHEMA}, {@code DB_TABLE_PREFIX} and {@code DB_UNDERSCORED}. */
record NocoBaseTables(String schema, String prefix, boolean underscored) {

    static NocoBaseTables of(DatabaseSettings settings) {
        return new NocoBaseTables(settings.schema(), settings.tablePrefix(), settings.underscored());
    }

    /** The table's bare name, for example {@code nb_application_version} for {@code applicationVersion}. */
    String table(String collection) {
        return prefix
                + (underscored
                        ? collection.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT)
                        : collection);
    }

    /** Schema and table, quoted. */
    String qualified(String collection) {
        return Sql.name(schema) + "." + Sql.name(table(collection));
    }
}
