package nocobase.procedures.docker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Texts;

/**
 * Whether the nodes use the database that the engine looks into, clones and restores. Hosts are not compared: both sides may
 * have names of their own for one server.
 */
final class DatabaseOfNodes {

    private static final String NAME = "Database of the nodes";

    private final DatabaseSettings settings;

    DatabaseOfNodes(DatabaseSettings settings) {
        this.settings = settings;
    }

    Check check(List<NodeContainer> nodes) {
        for (NodeContainer node : nodes) {
            Map<String, String> environment = node.environment();
            String dialect = environment.getOrDefault("DB_DIALECT", "postgres");
            if (!dialect.equals("postgres")) {
                return Check.fail(
                        NAME,
                        "Node " + node.name() + " has DB_DIALECT=" + Texts.shown(dialect) + ".",
                        "Only PostgreSQL is supported for now.");
            }
            for (Map.Entry<String, String> expected : expected().entrySet()) {
                String present = environment.getOrDefault(expected.getKey(), missing(expected.getKey()));
                if (!Objects.equals(present, expected.getValue())) {
                    return Check.fail(
                            NAME,
                            "Node " + node.name() + " has " + expected.getKey() + "=\"" + Texts.shown(present)
                                    + "\", the engine's configuration says \"" + expected.getValue() + "\".",
                            "Correct procedures.clusters.<name>.database, or the nodes: the engine must look into the nodes' own"
                                    + " database.");
                }
            }
        }
        return nodes.stream().anyMatch(node -> !node.environment().containsKey("DB_DATABASE"))
                ? Check.warn(
                        NAME,
                        "Not every node has DB_DATABASE in its environment.",
                        "Confirm that the nodes use the database " + settings.name() + " (their .env file).")
                : Check.pass(NAME, "All nodes use " + settings.name() + ", as configured.");
    }

    private Map<String, String> expected() {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("DB_DATABASE", settings.name());
        expected.put("DB_SCHEMA", settings.schema());
        expected.put("DB_TABLE_PREFIX", settings.tablePrefix());
        expected.put("DB_UNDERSCORED", Boolean.toString(settings.underscored()));
        return expected;
    }

    /** What NocoBase takes where nothing is said; the database's name it takes from a file then, which is not seen here. */
    private String missing(String variable) {
        return switch (variable) {
            case "DB_DATABASE" -> settings.name();
            case "DB_SCHEMA" -> "public";
            case "DB_UNDERSCORED" -> "false";
            default -> "";
        };
    }
}
