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

/** The application's part of the preconditions. It only reads. */
final class Preconditions {

    private static final String DATABASE = "Database of NocoBase";
    private static final String TARGET = "Target version";

    private final NodeProbe probe;
    private final DatabaseRecord database;
    private final InstallationRecord installation;
    private final ClusterRuntime runtime;
    private final String where;

    Preconditions(
            NodeProbe probe,
            DatabaseRecord database,
            InstallationRecord installation,
            ClusterRuntime runtime,
            String where) {
        this.probe = probe;
        this.database = database;
        this.installation = installation;
        this.runtime = runtime;
        this.where = where;
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
        checks.add(Check.pass(DATABASE, where + " was written by version " + version.get()));
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
            case EMPTY -> List.of(Check.pass(DATABASE, where + " is empty: the first node will install NocoBase."));
            case FOREIGN ->
                List.of(
                        Check.fail(
                                DATABASE,
                                where + " is in use by something else: " + found.text(),
                                "NocoBase would install between these tables. Give it an empty database of its own: DB_DATABASE of the"
                                        + " nodes and procedures.clusters.<name>.database.name. If they are NocoBase's, schema,"
                                        + " table-prefix and underscored must be its DB_SCHEMA, DB_TABLE_PREFIX and DB_UNDERSCORED."));
            case HALF_INSTALLED ->
                List.of(
                        Check.warn(
                                DATABASE,
                                where + " was left in the middle of a first start: " + found.text(),
                                "Accept it to let the first node, alone, go on with it; nothing is deleted. If the node then reports an"
                                        + " error, you are offered to begin anew on an empty database; this one is kept aside."));
            case INSTALLED -> List.of(installed(found));
        };
    }

    private Check installed(Installation found) {
        String finding = where + " holds an installation: " + found.text();
        if (found.version() == null) {
            return Check.fail(DATABASE, finding, "Only released versions such as 2.2.15 can be compared.");
        }
        List<Version> images = runtime.observe().nodes().stream()
                .map(Node::version)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (images.isEmpty()) {
            return Check.warn(
                    DATABASE,
                    finding + " The nodes' images do not tell their version.",
                    "Accept it only if they are certainly of " + found.version() + ".");
        }
        Optional<Version> older =
                images.stream().filter(image -> image.isBelow(found.version())).findFirst();
        if (older.isPresent()) {
            return Check.fail(
                    DATABASE,
                    finding + " The nodes have the image of " + older.get() + ".",
                    "An older version on a newer database damages data silently. Give the nodes the image of "
                            + found.version() + ", or restore an older restore point.");
        }
        Optional<Version> newer =
                images.stream().filter(found.version()::isBelow).findFirst();
        if (newer.isPresent()) {
            return Check.fail(
                    DATABASE,
                    finding + " The nodes have the image of " + newer.get() + ".",
                    "Starting them would upgrade it without a restore point. Give the nodes the image of "
                            + found.version() + ", start them, then use the procedure \"Version upgrade\".");
        }
        return Check.pass(DATABASE, finding + " It has the version of the nodes' image, and is kept.");
    }

    private Check unreachable(SQLException failed) {
        return Check.fail(
                DATABASE,
                where + " cannot be read: " + Texts.shown(failed.getMessage(), Health.LONGEST),
                "Check that it runs and is reachable from the engine, and host, port, name, user and password under"
                        + " procedures.clusters.<name>.database.");
    }

    private Check unreadable(DatabaseRecord.Snapshot recorded) {
        if (recorded.version().isPresent()) {
            return Check.fail(
                    DATABASE,
                    where + " records the version \""
                            + Texts.shown(recorded.version().get()) + "\", which is not a pinned version",
                    "Only released versions such as 2.2.15 can be compared. Bring the cluster to one by hand first.");
        }
        return Check.fail(
                DATABASE,
                where + " has no row in " + database.table("applicationVersion"),
                "Check name, schema, table-prefix and underscored under procedures.clusters.<name>.database: they must be"
                        + " NocoBase's DB_DATABASE, DB_SCHEMA, DB_TABLE_PREFIX and DB_UNDERSCORED. If an upgrade was interrupted"
                        + " before, bring the cluster back to service first.");
    }

    private static Check target(Version present, Version target) {
        if (target.equals(present)) {
            return Check.fail(
                    TARGET,
                    "The database is at " + present + " already",
                    "Nothing to upgrade. Choose a newer version.");
        }
        if (target.isBelow(present)) {
            return Check.fail(
                    TARGET,
                    target + " is below the database's version " + present,
                    "NocoBase supports no downgrade: an older version on a newer database damages data silently. Choose a"
                            + " newer version, or restore an older restore point.");
        }
        if (target.major() != present.major()) {
            return Check.warn(
                    TARGET,
                    present + " to " + target + " crosses a major version",
                    "Read the release notes: some upgrades must go through an intermediate version.");
        }
        return Check.pass(TARGET, target + " is above the database's version " + present);
    }

    private Check nodes(Version recorded) {
        String name = "Version on every node";
        List<String> same = new ArrayList<>();
        List<String> other = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (Node node : runtime.observe().nodes()) {
            Optional<String> version =
                    node.running() && node.url() != null ? probe.version(node.url()) : Optional.empty();
            if (version.isEmpty()) {
                silent.add(node.name() + (node.running() ? " (does not answer)" : " (does not run)"));
            } else if (version.get().equals(recorded.toString())) {
                same.add(node.name());
            } else {
                other.add(node.name() + " runs " + Texts.shown(version.get()));
            }
        }
        if (!other.isEmpty()) {
            return Check.fail(
                    name,
                    "The database is at " + recorded + ", but " + String.join(", ", other),
                    "Bring all nodes to one version first: nodes of two versions on one database damage data.");
        }
        if (!silent.isEmpty()) {
            return Check.warn(
                    name,
                    String.join(", ", silent)
                            + (same.isEmpty() ? "" : "; at " + recorded + ": " + String.join(", ", same)),
                    "Their version cannot be compared. Find out why they do not serve before you change the version.");
        }
        return same.isEmpty()
                ? Check.fail(name, "There is no node", "Check procedures.clusters.<name>.nodes.")
                : Check.pass(name, recorded + " on " + String.join(", ", same));
    }

    private static Check plugins(List<Plugin> plugins) {
        String name = "Plugins";
        List<String> broken = plugins.stream()
                .filter(plugin -> plugin.enabled() && !plugin.installed())
                .map(plugin -> Texts.shown(plugin.name()))
                .toList();
        if (!broken.isEmpty()) {
            return Check.warn(
                    name,
                    "Enabled but not installed: " + String.join(", ", broken),
                    "A node is not ready as long as this is so. Disable or repair them first.");
        }
        long enabled = plugins.stream().filter(Plugin::enabled).count();
        return Check.pass(name, enabled + " enabled, all installed");
    }

    private static Check subApplications(List<String> names) {
        if (names.isEmpty()) {
            return Check.pass("Sub-applications", "There are none");
        }
        return Check.warn(
                "Sub-applications",
                names.size() + ": "
                        + String.join(", ", names.stream().map(Texts::shown).toList()),
                "NocoBase upgrades them after the main application and hides their errors. Open each one when you verify.");
    }
}
