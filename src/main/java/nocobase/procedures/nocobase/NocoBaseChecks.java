package nocobase.procedures.nocobase;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.SubApplication;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.cluster.VersionRules;
import nocobase.procedures.language.Messages;

/** The application's part of the preconditions. It only reads. */
final class NocoBaseChecks {

    private static final Messages MESSAGES = Messages.of("nocobase");

    private final NodeProbe probe;
    private final DatabaseRecord database;
    private final InstallationRecord installation;
    private final ClusterRuntime runtime;

    NocoBaseChecks(NodeProbe probe, DatabaseRecord database, InstallationRecord installation, ClusterRuntime runtime) {
        this.probe = probe;
        this.database = database;
        this.installation = installation;
        this.runtime = runtime;
    }

    /**
     * The database is read as the readiness gate reads it later, and each running node is asked for its version as the proof of
     * the upgrade asks it.
     */
    List<Check> check(Version target) {
        DatabaseRecord.Snapshot recorded;
        try {
            recorded = database.read();
        } catch (SQLException failed) {
            return List.of(unreachable(failed));
        }
        Optional<Version> version = recorded.version().flatMap(Version::tryParse);
        if (version.isEmpty()) {
            return List.of(unreadable(recorded));
        }
        List<Check> checks = new ArrayList<>();
        checks.add(Check.pass(databaseName(), MESSAGES.text("database.written", database.where(), version.get())));
        List<Node> nodes = runtime.observe().nodes();
        checks.addAll(VersionRules.installed(
                version.get(), target, nodes, nodes.stream().map(this::told).toList()));
        checks.add(plugins(recorded.plugins()));
        checks.add(subApplications(recorded.subApplications()));
        return checks;
    }

    /**
     * For a first start: only the database counts, because no node need run. Stands for NocoBase's installation, which writes
     * into a database of other tables too, and upgrades one that is installed.
     */
    List<Check> checkFirstStart() {
        Installation found;
        try {
            found = installation.read();
        } catch (SQLException failed) {
            return List.of(unreachable(failed));
        }
        return switch (found.kind()) {
            case EMPTY -> List.of(Check.pass(databaseName(), MESSAGES.text("database.empty", database.where())));
            case FOREIGN ->
                List.of(Check.fail(databaseName(), MESSAGES, "database.foreign.", database.where(), found.text()));
            case HALF_INSTALLED ->
                List.of(Check.warn(databaseName(), MESSAGES, "database.half.", database.where(), found.text()));
            case INSTALLED -> List.of(installed(found));
        };
    }

    private Check installed(Installation found) {
        String finding = MESSAGES.text("database.installed", database.where(), found.text());
        return found.version() == null
                ? Check.fail(databaseName(), MESSAGES, "database.unpinned.", finding)
                : VersionRules.firstStart(
                        databaseName(),
                        finding,
                        found.version(),
                        runtime.observe().nodes());
    }

    private Check unreachable(SQLException failed) {
        return Check.fail(
                databaseName(),
                MESSAGES,
                "database.unreachable.",
                database.where(),
                Texts.shown(failed.getMessage(), Health.LONGEST));
    }

    private Check unreadable(DatabaseRecord.Snapshot recorded) {
        if (recorded.version().isPresent()) {
            return Check.fail(
                    databaseName(),
                    MESSAGES,
                    "database.badVersion.",
                    database.where(),
                    Texts.shown(recorded.version().get()));
        }
        return Check.fail(
                        databaseName(),
                        MESSAGES,
                        "database.noRow.",
                        database.where(),
                        database.table("applicationVersion"))
                .mendedByReturn();
    }

    private static String databaseName() {
        return MESSAGES.text("database.name");
    }

    private VersionRules.Told told(Node node) {
        String version =
                node.running() && node.url() != null ? probe.version(node).orElse(null) : null;
        return new VersionRules.Told(node.name(), node.running(), version);
    }

    /** Stands for the {@link ReadinessGate}'s rule that no enabled plugin lacks its package, which no restart mends. */
    private static Check plugins(List<Plugin> plugins) {
        String name = MESSAGES.text("plugins.name");
        List<String> broken = plugins.stream()
                .filter(plugin -> plugin.enabled() && !plugin.installed())
                .map(plugin -> Texts.shown(plugin.name()))
                .toList();
        if (!broken.isEmpty()) {
            return Check.warn(name, MESSAGES, "plugins.notInstalled.", String.join(", ", broken));
        }
        long enabled = plugins.stream().filter(Plugin::enabled).count();
        return Check.pass(name, MESSAGES.text("plugins.allInstalled", enabled));
    }

    /** Stands for the upgrade of each sub-application: they are asked afterwards ({@link SubApplicationRound}), not before. */
    private static Check subApplications(List<SubApplication> applications) {
        String name = MESSAGES.text("subApplications.name");
        List<String> names = applications.stream()
                .map(application -> Texts.shown(application.name()))
                .toList();
        return names.isEmpty()
                ? Check.pass(name, MESSAGES.text("subApplications.none"))
                : Check.warn(name, MESSAGES, "subApplications.some.", names.size(), String.join(", ", names));
    }
}
