package nocobase.procedures.cluster;

import jakarta.validation.constraints.NotBlank;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * NocoBase's PostgreSQL: {@code procedures.clusters.<name>.database}. MySQL and MariaDB are refused for now.
 *
 * @param host where the engine reaches it
 * @param port where the engine reaches it
 * @param name NocoBase's main database ({@code DB_DATABASE})
 * @param user NocoBase's own role ({@code DB_USER})
 * @param password its password; from the environment or a file, never in a committed configuration
 * @param adminUser a role that may create databases and acts for NocoBase's, where NocoBase's own may not; or null
 * @param adminPassword its password
 * @param schema {@code DB_SCHEMA}
 * @param tablePrefix {@code DB_TABLE_PREFIX}
 * @param underscored {@code DB_UNDERSCORED}
 * @param container PostgreSQL's container, where it runs in one: its image has the client tools, its disk is measured
 * @param toolsImage image with {@code pg_dump} of the server's major version, where there is no such container
 * @param adminDatabase the database to work from, never one of NocoBase's; or null for {@code postgres}, or {@code template1}
 *     where NocoBase's own has that name
 * @param sslMode {@code disable}, {@code allow}, {@code prefer}, {@code require}, {@code verify-ca} or {@code verify-full}, of
 *     sessions and of jobs; or null for what the drivers do by themselves
 * @param sslRootCertificate file with the certificates that sign the server's, as the engine sees it; or null
 */
public record DatabaseSettings(
        @NotBlank(message = "{cluster.settings.databaseHost}")
        String host,

        @DefaultValue("5432") int port,

        @NotBlank(message = "{cluster.settings.databaseName}")
        String name,

        @NotBlank(message = "{cluster.settings.databaseUser}")
        String user,

        @NotBlank(message = "{cluster.settings.databasePassword}")
        String password,

        String adminUser,
        String adminPassword,
        @DefaultValue("public") String schema,
        @DefaultValue("") String tablePrefix,
        @DefaultValue("false") boolean underscored,
        String container,
        String toolsImage,
        String adminDatabase,
        String sslMode,
        String sslRootCertificate) {

    /** How sessions of the JDBC driver are encrypted, by the names of its properties. */
    public Map<String, String> tls() {
        Map<String, String> properties = new LinkedHashMap<>();
        if (sslMode != null && !sslMode.isBlank()) {
            properties.put("sslmode", sslMode);
        }
        if (sslRootCertificate != null && !sslRootCertificate.isBlank()) {
            properties.put("sslrootcert", sslRootCertificate);
        }
        return properties;
    }

    /** Where a sub-application keeps its data: NocoBase puts the prefix before the main application's tables only. */
    public DatabaseSettings ofSubApplication(String database, String itsSchema) {
        return new DatabaseSettings(
                host,
                port,
                database,
                user,
                password,
                adminUser,
                adminPassword,
                itsSchema,
                "",
                underscored,
                container,
                toolsImage,
                adminDatabase,
                sslMode,
                sslRootCertificate);
    }

    /** Shows no password: records are printed in error messages. */
    @Override
    public String toString() {
        return "DatabaseSettings[" + user + "@" + host + ":" + port + "/" + name + "]";
    }
}
