package nocobase.procedures.docker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/**
 * Whether the nodes use the database that the engine looks into, clones and restores. Hosts are not compared: both sides may
 * have names of their own for one server.
 */
final class DatabaseOfNodes {

    private static final Messages MESSAGES = Messages.of("docker");

    private final DatabaseSettings settings;

    DatabaseOfNodes(DatabaseSettings settings) {
        this.settings = settings;
    }

    Check check(List<NodeContainer> nodes) {
        String name = MESSAGES.text("database.name");
        for (NodeContainer node : nodes) {
            Map<String, String> environment = node.variables();
            String dialect = environment.getOrDefault("DB_DIALECT", "postgres");
            if (!dialect.equals("postgres")) {
                return Check.fail(name, MESSAGES, "database.dialect.", node.name(), Texts.shown(dialect));
            }
            for (Map.Entry<String, String> expected : expected().entrySet()) {
                String present = environment.getOrDefault(expected.getKey(), missing(expected.getKey()));
                if (!Objects.equals(present, expected.getValue())) {
                    return Check.fail(
                            name,
                            MESSAGES,
                            "database.differs.",
                            node.name(),
                            expected.getKey(),
                            Texts.shown(present),
                            expected.getValue());
                }
            }
        }
        return nodes.stream().anyMatch(node -> !node.variables().containsKey("DB_DATABASE"))
                ? Check.warn(name, MESSAGES, "database.unknown.", settings.name())
                : Check.pass(name, MESSAGES.text("database.same", settings.name()));
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
