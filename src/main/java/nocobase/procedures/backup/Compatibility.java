package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;

/** Whether another cluster's restore point fits this cluster. Looks only. */
final class Compatibility {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final int SHOWN = 8;
    private static final String KEY_FILES = "ENCRYPTION_FIELD_KEY_PATH";
    private static final String SERVER = "check.server";

    private final Site site;

    Compatibility(Site site) {
        this.site = site;
    }

    List<Check> check(String id, Site source) {
        StoredRestorePoint offered;
        try {
            offered = Receive.offered(id, source);
        } catch (FailureException e) {
            return List.of(Check.fail(
                    MESSAGES.text("check.source"),
                    e.failure().what(),
                    e.failure().remedy()));
        }
        List<Check> checks = new ArrayList<>();
        checks.add(Check.pass(
                MESSAGES.text("check.source"),
                MESSAGES.text(
                        "check.source.found",
                        id,
                        source.cluster(),
                        offered.takenAt(),
                        Sizes.shown(offered.size()),
                        MESSAGES.text(offered.proof() == null ? "check.source.notProven" : "check.source.proven"))));
        checks.add(version(offered));
        checks.add(tableNames(source));
        checks.addAll(keys(source));
        try {
            Discovery here = Discovery.of(site.server());
            checks.addAll(server(offered));
            checks.add(names(offered, here));
            checks.add(plugins(offered));
        } catch (FailureException e) {
            checks.add(Check.fail(
                    MESSAGES.text(SERVER), e.failure().what(), e.failure().remedy()));
        } catch (SQLException e) {
            checks.add(Check.fail(
                    MESSAGES.text(SERVER),
                    MESSAGES.text("check.server.silent", Texts.shown(e.getMessage())),
                    MESSAGES.text("check.server.silent.remedy")));
        }
        return checks;
    }

    private Check version(StoredRestorePoint offered) {
        String name = MESSAGES.text("check.version");
        Optional<Version> theirs = Version.tryParse(offered.version());
        Optional<Version> ours = site.runtime().observe().nodes().stream()
                .map(Node::version)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder());
        if (theirs.isEmpty() || ours.isEmpty()) {
            return Check.fail(
                    name,
                    MESSAGES.text(
                            "check.version.unknown",
                            MESSAGES.text(theirs.isEmpty() ? "check.version.ofPoint" : "check.version.ofNodes")),
                    MESSAGES.text("check.version.unknown.remedy"));
        }
        String finding = MESSAGES.text("check.version.both", theirs.get(), ours.get());
        if (ours.get().isBelow(theirs.get())) {
            return Check.fail(
                    name,
                    MESSAGES.text("check.version.older", finding),
                    MESSAGES.text("check.version.older.remedy", theirs.get()));
        }
        return ours.get().equals(theirs.get())
                ? Check.pass(name, finding)
                : Check.warn(name, finding, MESSAGES.text("check.version.upgrades", ours.get()));
    }

    private Check tableNames(Site source) {
        String name = MESSAGES.text("check.tables");
        DatabaseSettings theirs = source.settings().database();
        DatabaseSettings ours = site.settings().database();
        List<String> different = new ArrayList<>();
        compare("DB_SCHEMA", theirs.schema(), ours.schema(), different);
        compare("DB_TABLE_PREFIX", theirs.tablePrefix(), ours.tablePrefix(), different);
        compare("DB_UNDERSCORED", theirs.underscored(), ours.underscored(), different);
        return different.isEmpty()
                ? Check.pass(name, MESSAGES.text("check.tables.equal"))
                : Check.fail(name, String.join("; ", different), MESSAGES.text("check.tables.remedy"));
    }

    private static void compare(String what, Object theirs, Object ours, List<String> different) {
        if (!Objects.equals(theirs, ours)) {
            different.add(MESSAGES.text("check.tables.different", what, theirs, ours));
        }
    }

    /** By hash, so that no key can ever come near a message. */
    private List<Check> keys(Site source) {
        String application = MESSAGES.text("check.appKey");
        String fields = MESSAGES.text("check.fieldKey");
        Map<String, String> theirs = variables(source);
        Map<String, String> ours = variables(site);
        if (theirs.isEmpty() || ours.isEmpty()) {
            return List.of(Check.warn(
                    application,
                    MESSAGES.text(
                            "check.keys.unread",
                            MESSAGES.text(theirs.isEmpty() ? "check.keys.ofSource" : "check.keys.ofCluster")),
                    MESSAGES.text("check.keys.unread.remedy")));
        }
        Check sessions = hash(theirs, "APP_KEY").equals(hash(ours, "APP_KEY"))
                ? Check.pass(application, MESSAGES.text("check.appKey.equal"))
                : Check.warn(
                        application, MESSAGES.text("check.appKey.different"), MESSAGES.text("check.appKey.remedy"));
        Check encrypted = hash(theirs, "ENCRYPTION_FIELD_KEY").equals(hash(ours, "ENCRYPTION_FIELD_KEY"))
                ? Check.pass(fields, MESSAGES.text("check.fieldKey.equal"))
                : Check.fail(fields, MESSAGES.text("check.fieldKey.different"), MESSAGES.text("check.fieldKey.remedy"));
        return hash(theirs, KEY_FILES).isEmpty()
                ? List.of(sessions, encrypted)
                : List.of(
                        sessions,
                        encrypted,
                        Check.warn(
                                MESSAGES.text("check.keyFiles", KEY_FILES),
                                MESSAGES.text("check.keyFiles.elsewhere"),
                                MESSAGES.text("check.keyFiles.remedy")));
    }

    private static String hash(Map<String, String> variables, String variable) {
        return variables.containsKey(variable) ? Restoral.digest(variable + "=" + variables.get(variable)) : "";
    }

    /** As the application on the first node gets them; none if there is no node. */
    private static Map<String, String> variables(Site of) {
        return of.runtime()
                .observe()
                .firstIfAny()
                .map(node -> of.containers().variables(node.name()))
                .orElse(Map.of());
    }

    private List<Check> server(StoredRestorePoint offered) throws SQLException {
        return site.server().outside(connection -> {
            List<Check> checks = new ArrayList<>();
            int ours = DatabaseServer.version(connection) / 10000;
            int theirs = offered.serverVersion() / 10000;
            String finding = MESSAGES.text("check.server.both", theirs, ours);
            checks.add(
                    ours >= theirs
                            ? Check.pass(MESSAGES.text(SERVER), finding)
                            : Check.fail(
                                    MESSAGES.text(SERVER),
                                    MESSAGES.text("check.server.older", finding),
                                    MESSAGES.text("check.server.older.remedy", theirs)));
            checks.add(room(connection, offered));
            return checks;
        });
    }

    private Check room(Connection connection, StoredRestorePoint offered) throws SQLException {
        String name = MESSAGES.text("check.room");
        OptionalLong free = new DiskRoom(site).ofDatabases(connection);
        String needed = MESSAGES.text("check.room.needed", Sizes.shown(offered.databaseSize()));
        if (free.isEmpty()) {
            return Check.warn(
                    name, MESSAGES.text("check.room.unknown", needed), MESSAGES.text("check.room.unknown.remedy"));
        }
        String finding = MESSAGES.text("check.room.free", needed, Sizes.shown(free.getAsLong()));
        return DiskRoom.enough(free.getAsLong(), offered.databaseSize())
                ? Check.pass(name, finding)
                : Check.fail(name, finding, MESSAGES.text("check.room.remedy"));
    }

    /** Sub-applications' databases keep their names, for the rows that name them come along. */
    private Check names(StoredRestorePoint offered, Discovery here) throws SQLException {
        String name = MESSAGES.text("check.subApplications");
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
                ? Check.pass(
                        name,
                        MESSAGES.text(
                                "check.subApplications.come",
                                (offered.databases().size() - 1)))
                : Check.fail(
                        name,
                        MESSAGES.text("check.subApplications.taken", String.join(", ", taken)),
                        MESSAGES.text("check.subApplications.remedy"));
    }

    /** Built-in plugins come with the image, others with the storage. */
    private Check plugins(StoredRestorePoint offered) throws SQLException {
        String name = MESSAGES.text("check.plugins");
        Set<String> unknown = new TreeSet<>(offered.plugins());
        unknown.removeAll(new HashSet<>(Discovery.knownPlugins(site.server())));
        return unknown.isEmpty()
                ? Check.pass(
                        name,
                        MESSAGES.text("check.plugins.known", offered.plugins().size()))
                : Check.warn(
                        name,
                        MESSAGES.text(
                                "check.plugins.unknown",
                                unknown.stream().limit(SHOWN).map(Texts::shown).collect(Collectors.joining(", ")),
                                (unknown.size() > SHOWN ? MESSAGES.text("more", unknown.size() - SHOWN) : "")),
                        MESSAGES.text("check.plugins.remedy"));
    }
}
