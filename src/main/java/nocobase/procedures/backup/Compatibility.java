package nocobase.procedures.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;

/** Whether another cluster's restore point fits this cluster. Looks only. */
final class Compatibility {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHOWN = 8;
    private static final String KEY_FILES = "ENCRYPTION_FIELD_KEY_PATH";
    private static final String SERVER = "Database server";

    private final Site site;

    Compatibility(Site site) {
        this.site = site;
    }

    List<Check> check(String id, Site source) {
        StoredRestorePoint offered;
        try {
            offered = Receiving.offered(id, source);
        } catch (CannotProceedException e) {
            return List.of(Check.fail(
                    "Restore point of the source",
                    e.failure().what(),
                    e.failure().remedy()));
        }
        List<Check> checks = new ArrayList<>();
        checks.add(Check.pass(
                "Restore point of the source",
                id + " of cluster " + source.cluster() + ", taken " + offered.takenAt() + ", "
                        + Sizes.shown(offered.size()) + (offered.proof() == null ? ", not proven" : ", proven")));
        checks.add(version(offered));
        checks.add(tableNames(source));
        checks.addAll(keys(source));
        try {
            Discovery here = Discovery.of(site.server());
            checks.addAll(server(offered));
            checks.add(names(offered, here));
            checks.add(plugins(offered));
        } catch (CannotProceedException e) {
            checks.add(Check.fail(SERVER, e.failure().what(), e.failure().remedy()));
        } catch (SQLException e) {
            checks.add(Check.fail(
                    SERVER,
                    "This cluster's database does not answer: " + Texts.shown(e.getMessage()),
                    "Correct the database settings of this cluster, or start its server."));
        }
        return checks;
    }

    private Check version(StoredRestorePoint offered) {
        String name = "NocoBase version";
        Optional<Version> theirs = Version.tryParse(offered.version());
        Optional<Version> ours = site.runtime().observe().nodes().stream()
                .map(Node::version)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder());
        if (theirs.isEmpty() || ours.isEmpty()) {
            return Check.fail(
                    name,
                    "The version of " + (theirs.isEmpty() ? "the restore point" : "this cluster's nodes")
                            + " is not known.",
                    "Choose a restore point of an installed NocoBase, and nodes of a pinned version.");
        }
        String finding = "restore point " + theirs.get() + ", nodes here " + ours.get();
        if (ours.get().isBelow(theirs.get())) {
            return Check.fail(
                    name,
                    finding + ": an older version on newer data damages it silently",
                    "Upgrade this cluster to " + theirs.get() + " first.");
        }
        return ours.get().equals(theirs.get())
                ? Check.pass(name, finding)
                : Check.warn(name, finding, "The first start here upgrades the data to " + ours.get() + ".");
    }

    private Check tableNames(Site source) {
        String name = "Table names";
        DatabaseSettings theirs = source.settings().database();
        DatabaseSettings ours = site.settings().database();
        List<String> different = new ArrayList<>();
        compare("DB_SCHEMA", theirs.schema(), ours.schema(), different);
        compare("DB_TABLE_PREFIX", theirs.tablePrefix(), ours.tablePrefix(), different);
        compare("DB_UNDERSCORED", theirs.underscored(), ours.underscored(), different);
        return different.isEmpty()
                ? Check.pass(name, "schema, prefix and spelling are equal")
                : Check.fail(
                        name,
                        String.join("; ", different),
                        "Give this cluster's nodes and configuration the source's values.");
    }

    private static void compare(String what, Object theirs, Object ours, List<String> different) {
        if (!Objects.equals(theirs, ours)) {
            different.add(what + " is \"" + theirs + "\" there and \"" + ours + "\" here");
        }
    }

    /** By hash, so that no key can ever come near a message. */
    private List<Check> keys(Site source) {
        String application = "Key of sessions (APP_KEY)";
        String fields = "Key of encrypted fields (ENCRYPTION_FIELD_KEY)";
        Optional<JsonNode> theirs = environment(source);
        Optional<JsonNode> ours = environment(site);
        if (theirs.isEmpty() || ours.isEmpty()) {
            return List.of(Check.warn(
                    application,
                    "the nodes' environment of " + (theirs.isEmpty() ? "the source" : "this cluster")
                            + " cannot be read, so the keys cannot be compared",
                    "Compare APP_KEY and ENCRYPTION_FIELD_KEY by hand."));
        }
        Check sessions = hash(theirs.get(), "APP_KEY").equals(hash(ours.get(), "APP_KEY"))
                ? Check.pass(application, "equal")
                : Check.warn(
                        application,
                        "different",
                        "Everybody signs in anew, and API keys made on the source are invalid here. Where that matters, give"
                                + " the nodes the source's APP_KEY.");
        Check encrypted = hash(theirs.get(), "ENCRYPTION_FIELD_KEY").equals(hash(ours.get(), "ENCRYPTION_FIELD_KEY"))
                ? Check.pass(fields, "equal; the key files in the storage come along")
                : Check.fail(
                        fields,
                        "different: encrypted fields of the source could not be read here",
                        "Give the nodes here the source's ENCRYPTION_FIELD_KEY.");
        return hash(theirs.get(), KEY_FILES).isEmpty()
                ? List.of(sessions, encrypted)
                : List.of(
                        sessions,
                        encrypted,
                        Check.warn(
                                "Key files of encrypted fields (" + KEY_FILES + ")",
                                "the source reads them from a folder of its own choice, which need not be in the storage",
                                "Copy these files to the nodes here and set the variable likewise, unless the folder is"
                                        + " below the storage's apps."));
    }

    private static String hash(JsonNode environment, String variable) {
        for (JsonNode entry : environment) {
            if (entry.asText().startsWith(variable + "=")) {
                return Restoral.digest(entry.asText());
            }
        }
        return "";
    }

    private static Optional<JsonNode> environment(Site of) {
        return of.runtime().observe().nodes().stream()
                .filter(node -> !node.worker())
                .findFirst()
                .map(node -> of.containers().definition(node.name()))
                .flatMap(Compatibility::parsed)
                .map(definition -> definition.path("Config").path("Env"))
                .filter(JsonNode::isArray);
    }

    private static Optional<JsonNode> parsed(String definition) {
        try {
            return Optional.of(JSON.readTree(definition));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private List<Check> server(StoredRestorePoint offered) throws SQLException {
        return site.server().outside(connection -> {
            List<Check> checks = new ArrayList<>();
            int ours = DatabaseServer.version(connection) / 10000;
            int theirs = offered.serverVersion() / 10000;
            String finding = "PostgreSQL " + theirs + " there, " + ours + " here";
            checks.add(
                    ours >= theirs
                            ? Check.pass(SERVER, finding)
                            : Check.fail(
                                    SERVER,
                                    finding + ": a copy of a newer server cannot be restored into an older one",
                                    "Move this cluster's database to PostgreSQL " + theirs + " or newer first."));
            checks.add(room(connection, offered));
            return checks;
        });
    }

    private Check room(Connection connection, StoredRestorePoint offered) throws SQLException {
        String name = "Room";
        OptionalLong free = new DiskRoom(site).ofDatabases(connection);
        String needed = Sizes.shown(offered.databaseSize()) + " are needed beside the present databases";
        if (free.isEmpty()) {
            return Check.warn(name, needed + "; the free space cannot be measured from here", "Make sure of it.");
        }
        String finding = needed + ", " + Sizes.shown(free.getAsLong()) + " free";
        return DiskRoom.enough(free.getAsLong(), offered.databaseSize())
                ? Check.pass(name, finding)
                : Check.fail(name, finding, "Make room on the disk of this cluster's database server.");
    }

    /** Sub-applications' databases keep their names, for the rows that name them come along. */
    private Check names(StoredRestorePoint offered, Discovery here) throws SQLException {
        String name = "Databases of sub-applications";
        List<String> wanted = offered.databases().stream()
                .skip(1)
                .map(CoveredDatabase::name)
                .filter(database -> !here.databases().contains(database))
                .toList();
        List<String> taken = site.server().outside(connection -> {
            List<String> present = new ArrayList<>();
            for (String database : wanted) {
                if (DatabaseServer.exists(connection, database)) {
                    present.add(database);
                }
            }
            return present;
        });
        if (offered.databases().stream()
                .skip(1)
                .anyMatch(database ->
                        database.name().equals(site.settings().database().name()))) {
            taken = List.of(site.settings().database().name());
        }
        return taken.isEmpty()
                ? Check.pass(name, (offered.databases().size() - 1) + " come along")
                : Check.fail(
                        name,
                        "the names " + String.join(", ", taken)
                                + " are taken on this cluster's server by something else, perhaps by the source itself",
                        "Move this cluster's database to a server of its own, or remove the sub-applications before the"
                                + " restore point is taken.");
    }

    /** Built-in plugins come with the image, others with the storage. */
    private Check plugins(StoredRestorePoint offered) throws SQLException {
        String name = "Plugins";
        Set<String> unknown = new TreeSet<>(offered.plugins());
        unknown.removeAll(new HashSet<>(Discovery.knownPlugins(site.server())));
        return unknown.isEmpty()
                ? Check.pass(name, offered.plugins().size() + " enabled ones, all known here")
                : Check.warn(
                        name,
                        "enabled there and not known here: "
                                + unknown.stream()
                                        .limit(SHOWN)
                                        .map(Texts::shown)
                                        .collect(Collectors.joining(", "))
                                + (unknown.size() > SHOWN ? " and " + (unknown.size() - SHOWN) + " more" : ""),
                        "They come along if they are in the source's storage (plugins); commercial ones need a licence"
                                + " here as well.");
    }
}
