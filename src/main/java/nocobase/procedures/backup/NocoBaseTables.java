package nocobase.procedures.backup;

import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.TableNames;

/** How NocoBase's tables are called under {@code DB_SCHEMA}, {@code DB_TABLE_PREFIX} and {@code DB_UNDERSCORED}. */
record NocoBaseTables(String schema, TableNames names) {

    static NocoBaseTables of(DatabaseSettings settings) {
        return new NocoBaseTables(settings.schema(), TableNames.of(settings));
    }

    /** The table's bare name, for example {@code nb_application_version} for {@code applicationVersion}. */
    String table(String collection) {
        return names.table(collection);
    }

    /** Schema and table, quoted. */
    String qualified(String collection) {
        return Sql.name(schema) + "." + Sql.name(table(collection));
    }
}
