package nocobase.procedures.backup;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.DatabaseSettings;

/**
 * Whether something else keeps its tables in NocoBase's main database.
 *
 * @param foreign tables of other owners, or of another NocoBase
 * @param unknown tables in schemas that neither the main application nor a sub-application uses
 */
record SharedDatabase(List<String> foreign, List<String> unknown) {

    // What an extension brought (PostGIS has a table, for example) is nobody's.
    private static final String TABLES = """
            select n.nspname, c.relname, pg_get_userbyid(c.relowner) as owner
              from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
               and not exists (select 1 from pg_depend d
                                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
             order by 1, 2
            """;

    private record Table(String schema, String name, String owner) {
        String shown() {
            return schema + "." + name + " (owner " + owner + ")";
        }
    }

    static SharedDatabase look(DatabaseServer server, Discovery discovery) throws SQLException {
        DatabaseSettings settings = server.settings();
        NocoBaseTables own = NocoBaseTables.of(settings);
        String version = own.table("applicationVersion");
        List<Table> tables = server.in(
                settings.name(),
                connection -> DatabaseServer.list(
                        connection, TABLES, row -> new Table(row.getString(1), row.getString(2), row.getString(3))));
        // NocoBase's own role, and whoever owns NocoBase's tables (after a restore it may be an administrator).
        Set<String> owners = tables.stream()
                .filter(table -> table.schema.equals(settings.schema()) && table.name.equals(version))
                .map(Table::owner)
                .collect(Collectors.toSet());
        owners.add(settings.user());
        Set<String> schemas = discovery.schemas();
        List<String> foreign = tables.stream()
                .filter(table -> !owners.contains(table.owner) || anotherNocoBase(table, version, settings, schemas))
                .map(Table::shown)
                .toList();
        List<String> unknown = tables.stream()
                .filter(table -> owners.contains(table.owner))
                .filter(table -> !schemas.contains(table.schema))
                .map(Table::shown)
                .toList();
        return new SharedDatabase(foreign, unknown);
    }

    private static boolean anotherNocoBase(
            Table table, String version, DatabaseSettings settings, Set<String> schemas) {
        String lower = table.name.toLowerCase(java.util.Locale.ROOT);
        if (!lower.endsWith("applicationversion") && !lower.endsWith("application_version")) {
            return false;
        }
        return table.schema.equals(settings.schema()) ? !table.name.equals(version) : !schemas.contains(table.schema);
    }
}
