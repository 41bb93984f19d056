package nocobase.procedures.application;

import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodesTogether;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;

/** NocoBase as its nodes show it over HTTP and as its database records it. */
final class NodesAndDatabase implements NocoBase {

    private final DatabaseSettings settings;
    private final DatabaseRecord database;
    private final ReadinessGate gate;
    private final InstallationRecord installation;
    private final PluginWork plugins;
    private final Preconditions preconditions;
    private final NodesTogether together = new NodesTogether();

    NodesAndDatabase(
            DatabaseSettings settings,
            String pluginRegistry,
            ClusterRuntime runtime,
            Containers containers,
            Clock clock) {
        NodeProbe probe = new NodeProbe();
        this.settings = settings;
        this.database = new DatabaseRecord(settings);
        this.gate = new ReadinessGate(probe, database, runtime, clock);
        this.installation = new InstallationRecord(database);
        this.preconditions = new Preconditions(probe, database, installation, runtime, where());
        this.plugins = new PluginWork(
                database, gate, probe, runtime, new NodeCommand(containers), new Packages(containers), pluginRegistry);
    }

    @Override
    public Progress<Readiness> ready(Node node, Version version) {
        return gate.ready(node, version);
    }

    @Override
    public List<Progress<Readiness>> ready(List<Node> nodes, Version version) {
        return together.ask(nodes, node -> gate.ready(node, version));
    }

    @Override
    public Optional<Version> recordedVersion() {
        return read("The recorded version", database::version).map(this::parsed);
    }

    private Version parsed(String recorded) {
        return Version.tryParse(recorded)
                .orElseThrow(() -> new CannotProceedException(Failure.of(
                        where() + " records the version \"" + Texts.shown(recorded)
                                + "\", which is not a pinned version.",
                        "Find out which NocoBase wrote it. Only released versions such as 2.2.15 can be compared.")));
    }

    @Override
    public List<Check> check(Version target) {
        return preconditions.check(target);
    }

    @Override
    public Installation installation() {
        return read("What it holds", installation::read);
    }

    @Override
    public List<Plugin> plugins() {
        return read("Its list of plugins", database::plugins);
    }

    @Override
    public Progress<List<Plugin>> ensurePlugins(Node node, Set<String> required) {
        return read("Its list of plugins", () -> plugins.ensure(node, required));
    }

    @Override
    public Progress<Plugin> change(Node node, PluginChange change) {
        return read("Its list of plugins", () -> plugins.change(node, change));
    }

    @Override
    public List<Check> checkFirstStart() {
        return preconditions.checkFirstStart();
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    /** A database that does not answer is not a person's question yet: one that is restarting answers at the next try. */
    private <T> T read(String what, Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException failed) {
            throw new IllegalStateException(
                    where() + ": " + what + " cannot be read: " + Texts.shown(failed.getMessage(), 300), failed);
        }
    }

    private String where() {
        return "database " + settings.name() + " on " + settings.host() + ":" + settings.port();
    }
}
