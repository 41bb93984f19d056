package nocobase.procedures.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * One row of NocoBase's table {@code applications} (plugin multi-app-manager, file {@code app-options-factory}): its data is
 * in a database of its own, named like the application unless its options say otherwise; in a schema of the main database
 * ({@code new_schema}); or on a connection of its own ({@code new_connection}).
 *
 * @param connection {@code dbConnType}, empty for the default
 * @param host of the connection, empty for the main application's
 * @param standalone whether it runs in a deployment of its own, and not on the cluster's nodes
 */
public record SubApplication(
        String name, String connection, String database, String schema, String host, boolean standalone) {

    private static final ObjectMapper JSON = new ObjectMapper();

    public static SubApplication of(String name, String options) {
        JsonNode json = parse(options);
        JsonNode database = json.path("database");
        String connection = json.path("dbConnType").asText("");
        String given = database.isTextual()
                ? database.asText()
                : database.path("database").asText("");
        return new SubApplication(
                name,
                connection,
                given.isEmpty() ? json.path("databaseName").asText(name) : given,
                database.path("schema").asText(""),
                database.path("host").asText(""),
                json.path("standaloneDeployment").asBoolean());
    }

    /** Whether the data is in a schema of the main database, and so in its clone. */
    public boolean inSchema(DatabaseSettings settings) {
        return connection.equals("new_schema") || database.equals(settings.name());
    }

    public String schemaOrName() {
        return schema.isEmpty() ? name : schema;
    }

    /** Whether the data is on a server that is not the main application's. */
    public boolean elsewhere(DatabaseSettings settings) {
        return !host.isEmpty() && !host.equals(settings.host()) && !host.equals(settings.container());
    }

    private static JsonNode parse(String options) {
        try {
            return options == null ? JSON.createObjectNode() : JSON.readTree(options);
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }
}
