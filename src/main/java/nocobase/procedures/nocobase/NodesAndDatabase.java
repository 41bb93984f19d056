package nocobase.procedures.nocobase;

import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.SubApplication;
import nocobase.procedures.cluster.SubApplicationsSeen;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.concurrent.Together;
import nocobase.procedures.language.Messages;

/** NocoBase as its nodes show it over HTTP and as its database records it. */
final class NodesAndDatabase implements NocoBase {

    private static final Messages MESSAGES = Messages.of("nocobase");
    private static final int NODES_AT_ONCE = 16;

    private final DatabaseRecord database;
    private final ReadinessGate gate;
    private final InstallationRecord installation;
    private final PluginWork plugins;
    private final NocoBaseChecks preconditions;
    private final NodeProbe probe = new NodeProbe();
    private final SubApplicationRecords subApplications;
    private final Clock clock;
    private final Together together = Together.bounded("nodes-", NODES_AT_ONCE);
    private SubApplicationRound round;

    NodesAndDatabase(
            DatabaseSettings settings,
            String pluginRegistry,
            ClusterRuntime runtime,
            Containers containers,
            Clock clock) {
        this.clock = clock;
        this.database = new DatabaseRecord(settings);
        this.subApplications = new SubApplicationRecords(settings, database);
        this.gate = new ReadinessGate(probe, database, runtime, clock);
        this.installation = new InstallationRecord(database);
        this.preconditions = new NocoBaseChecks(probe, database, installation, runtime);
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
        return read("database.cannotRead.version", database::version).map(this::parsed);
    }

    private Version parsed(String recorded) {
        return Version.tryParse(recorded)
                .orElseThrow(() -> new CannotProceedException(
                        Failure.of(MESSAGES, "database.badVersion.", database.where(), Texts.shown(recorded))));
    }

    @Override
    public List<Check> check(Version target) {
        return preconditions.check(target);
    }

    @Override
    public Installation installation() {
        return read("database.cannotRead.content", installation::read);
    }

    @Override
    public List<Plugin> plugins() {
        return read("database.cannotRead.plugins", database::plugins);
    }

    @Override
    public Progress<List<Plugin>> ensurePlugins(Node node, Set<String> required) {
        return read("database.cannotRead.plugins", () -> plugins.ensure(node, required));
    }

    @Override
    public Progress<Plugin> change(Node node, PluginChange change) {
        return read("database.cannotRead.plugins", () -> plugins.change(node, change));
    }

    @Override
    public Map<String, String> subApplications() {
        return read("database.cannotRead.subApplications", () -> {
            Map<String, String> versions = new TreeMap<>();
            for (SubApplication application : subApplications.all()) {
                subApplications.version(application).ifPresent(version -> versions.put(application.name(), version));
            }
            return versions;
        });
    }

    @Override
    public synchronized Progress<SubApplicationsSeen> askSubApplications(
            Node node, Version version, Set<String> before) {
        if (round == null || !round.isOf(node, version, before)) {
            round = new SubApplicationRound(probe, subApplications, clock, node, version, before);
        }
        return round.look();
    }

    @Override
    public List<Check> checkFirstStart() {
        return preconditions.checkFirstStart();
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }

    /** A database that does not answer is not a person's question yet: one that is restarting answers at the next try. */
    private <T> T read(String key, Question<T> question) {
        try {
            return question.ask();
        } catch (SQLException failed) {
            throw new IllegalStateException(
                    MESSAGES.text(key, database.where(), Texts.shown(failed.getMessage(), 300)), failed);
        }
    }
}
