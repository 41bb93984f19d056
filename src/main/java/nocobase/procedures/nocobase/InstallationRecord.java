package nocobase.procedures.nocobase;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.Installation.Kind;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;

/** Decides what NocoBase's database holds, by its tables and NocoBase's own records. */
final class InstallationRecord {

    private static final Messages MESSAGES = Messages.of("nocobase");

    private static final int NAMED = 5;

    private final DatabaseRecord database;

    InstallationRecord(DatabaseRecord database) {
        this.database = database;
    }

    Installation read() throws SQLException {
        List<String> tables = database.tables();
        // In this order: the version is NocoBase's last word, so plugins that are read after it are complete.
        return of(tables, ownTables(), database.read());
    }

    /** Tables that only NocoBase makes, and makes early. */
    private Set<String> ownTables() {
        return Stream.of("applicationPlugins", "applicationVersion", "migrations")
                .map(database::tableName)
                .collect(Collectors.toSet());
    }

    static Installation of(List<String> tables, Set<String> own, DatabaseRecord.Snapshot recorded) {
        if (tables.isEmpty()) {
            return new Installation(Kind.EMPTY, null, MESSAGES.text("installation.empty"));
        }
        if (tables.stream().noneMatch(own::contains)) {
            return new Installation(Kind.FOREIGN, null, foreign(tables));
        }
        if (recorded.version().isEmpty()) {
            return new Installation(Kind.HALF_INSTALLED, null, MESSAGES.text("installation.noVersion", tables.size()));
        }
        String written = recorded.version().get();
        Optional<Version> version = Version.tryParse(written);
        List<String> unfinished = recorded.plugins().stream()
                .filter(plugin -> plugin.enabled() && !plugin.installed())
                .map(Plugin::name)
                .toList();
        if (!unfinished.isEmpty()) {
            return new Installation(
                    Kind.HALF_INSTALLED,
                    version.orElse(null),
                    MESSAGES.text(
                            "installation.unfinished", Texts.shown(written), unfinished.size(), named(unfinished)));
        }
        long enabled = recorded.plugins().stream().filter(Plugin::enabled).count();
        return new Installation(
                Kind.INSTALLED,
                version.orElse(null),
                MESSAGES.text("installation.complete", Texts.shown(written), tables.size(), enabled));
    }

    private static String foreign(List<String> tables) {
        String names = named(tables.stream()
                .map(table -> table.replaceFirst("^public\\.", ""))
                .toList());
        return tables.size() == 1
                ? MESSAGES.text("installation.foreignOne", names)
                : MESSAGES.text("installation.foreign", tables.size(), names);
    }

    private static String named(List<String> names) {
        return names.stream().limit(NAMED).map(Texts::shown).collect(Collectors.joining(", "))
                + (names.size() > NAMED ? ", …" : "");
    }
}
