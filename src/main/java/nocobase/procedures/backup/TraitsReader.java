package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import nocobase.procedures.backup.DatabaseTraits.Grant;
import nocobase.procedures.backup.DatabaseTraits.Setting;

/** Reads a database's traits from the server's shared catalogues; no session in that database is needed. */
final class TraitsReader {

    // pg_database's locale columns differ from version to version; as JSON an absent one is simply null.
    private static final String DATABASE = """
            select r.rolname, pg_encoding_to_char(d.encoding) as encoding, d.datcollate, d.datctype,
                   to_jsonb(d) ->> 'datlocprovider' as provider,
                   coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale') as locale,
                   to_jsonb(d) ->> 'daticurules' as rules,
                   t.spcname, d.datconnlimit, d.datistemplate, d.datallowconn,
                   shobj_description(d.oid, 'pg_database') as comment, d.datacl is null as untouched
              from pg_database d
              join pg_roles r on r.oid = d.datdba
              join pg_tablespace t on t.oid = d.dattablespace
             where d.datname = ?
            """;

    private static final String GRANTS = """
            select g.rolname, a.privilege_type, a.is_grantable
              from pg_database d
             cross join lateral aclexplode(d.datacl) a
              left join pg_roles g on g.oid = a.grantee
             where d.datname = ?
             order by g.rolname nulls first, a.privilege_type
            """;

    private static final String SETTINGS = """
            select r.rolname, split_part(s.setting, '=', 1) as name,
                   substr(s.setting, position('=' in s.setting) + 1) as value
              from pg_db_role_setting c
              join pg_database d on d.oid = c.setdatabase
             cross join lateral unnest(c.setconfig) s (setting)
              left join pg_roles r on r.oid = c.setrole
             where d.datname = ?
             order by 1 nulls first, 2
            """;

    private TraitsReader() {}

    static DatabaseTraits read(Connection connection, String database) throws SQLException {
        List<Grant> grants = DatabaseServer.list(
                connection, GRANTS, row -> new Grant(row.getString(1), row.getString(2), row.getBoolean(3)), database);
        List<Setting> settings = DatabaseServer.list(
                connection,
                SETTINGS,
                row -> new Setting(row.getString(1), row.getString(2), row.getString(3)),
                database);
        return DatabaseServer.one(connection, DATABASE, row -> traits(row, grants, settings), database);
    }

    private static DatabaseTraits traits(ResultSet row, List<Grant> grants, List<Setting> settings)
            throws SQLException {
        return new DatabaseTraits(
                row.getString("rolname"),
                row.getString("encoding"),
                row.getString("datcollate"),
                row.getString("datctype"),
                row.getString("provider"),
                row.getString("locale"),
                row.getString("rules"),
                row.getString("spcname"),
                row.getInt("datconnlimit"),
                row.getBoolean("datistemplate"),
                row.getBoolean("datallowconn"),
                row.getString("comment"),
                row.getBoolean("untouched") ? null : grants,
                settings);
    }
}
