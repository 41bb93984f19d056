package nocobase.procedures.application;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;

/** The application's part of the preconditions. It only reads. */
final class Preconditions {

    private static final Messages MESSAGES = Messages.of("application");

    private final NodeProbe probe;
    private final DatabaseRecord database;
    private final InstallationRecord installation;
    private final ClusterRuntime runtime;

    Preconditions(NodeProbe probe, DatabaseRecord database, InstallationRecord installation, ClusterRuntime runtime) {
        this.probe = probe;
        this.database = database;
        this.installation = installation;
        this.runtime = runtime;
    }

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
        if (target != null) {
            checks.add(target(version.get(), target));
        }
        checks.add(nodes(version.get()));
        checks.add(plugins(recorded.plugins()));
        checks.add(subApplications(recorded.subApplications()));
        return checks;
    }

    /** For a first start: only the database counts, because no node need run. */
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
        if (found.version() == null) {
            return Check.fail(databaseName(), MESSAGES, "database.unpinned.", finding);
        }
        List<Version> images = runtime.observe().nodes().stream()
                .map(Node::version)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (images.isEmpty()) {
            return Check.warn(databaseName(), MESSAGES, "database.noImageVersion.", finding, found.version());
        }
        Optional<Version> older =
                images.stream().filter(image -> image.isBelow(found.version())).findFirst();
        if (older.isPresent()) {
            return Check.fail(databaseName(), MESSAGES, "database.olderImage.", finding, older.get(), found.version());
        }
        Optional<Version> newer =
                images.stream().filter(found.version()::isBelow).findFirst();
        if (newer.isPresent()) {
            return Check.fail(databaseName(), MESSAGES, "database.newerImage.", finding, newer.get(), found.version());
        }
        return Check.pass(databaseName(), MESSAGES.text("database.matches", finding));
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
                databaseName(), MESSAGES, "database.noRow.", database.where(), database.table("applicationVersion"));
    }

    private static String databaseName() {
        return MESSAGES.text("database.name");
    }

    private static Check target(Version present, Version target) {
        String name = MESSAGES.text("target.name");
        if (target.equals(present)) {
            return Check.fail(name, MESSAGES, "target.same.", present);
        }
        if (target.isBelow(present)) {
            return Check.fail(name, MESSAGES, "target.below.", target, present);
        }
        if (target.major() != present.major()) {
            return Check.warn(name, MESSAGES, "target.major.", present, target);
        }
        return Check.pass(name, MESSAGES.text("target.above", target, present));
    }

    private Check nodes(Version recorded) {
        String name = MESSAGES.text("versions.name");
        List<String> same = new ArrayList<>();
        List<String> other = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (Node node : runtime.observe().nodes()) {
            Optional<String> version =
                    node.running() && node.url() != null ? probe.version(node.url()) : Optional.empty();
            if (version.isEmpty()) {
                silent.add(
                        MESSAGES.text(node.running() ? "versions.notAnswering" : "versions.notRunning", node.name()));
            } else if (version.get().equals(recorded.toString())) {
                same.add(node.name());
            } else {
                other.add(MESSAGES.text("versions.runs", node.name(), Texts.shown(version.get())));
            }
        }
        if (!other.isEmpty()) {
            return Check.fail(name, MESSAGES, "versions.differ.", recorded, String.join(", ", other));
        }
        if (!silent.isEmpty()) {
            return Check.warn(
                    name,
                    same.isEmpty()
                            ? MESSAGES.text("versions.silent", String.join(", ", silent))
                            : MESSAGES.text(
                                    "versions.silentAndSame",
                                    String.join(", ", silent),
                                    recorded,
                                    String.join(", ", same)),
                    MESSAGES.text("versions.silentRemedy"));
        }
        return same.isEmpty()
                ? Check.fail(name, MESSAGES, "versions.noNode.")
                : Check.pass(name, MESSAGES.text("versions.same", recorded, String.join(", ", same)));
    }

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

    private static Check subApplications(List<String> names) {
        String name = MESSAGES.text("subApplications.name");
        return names.isEmpty()
                ? Check.pass(name, MESSAGES.text("subApplications.none"))
                : Check.warn(
                        name,
                        MESSAGES,
                        "subApplications.some.",
                        names.size(),
                        String.join(", ", names.stream().map(Texts::shown).toList()));
    }
}
