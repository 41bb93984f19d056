package nocobase.procedures.application;

import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Installation;
import nocobase.procedures.cluster.NocoBase;
import nocobase.procedures.cluster.Node;
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
    private final Preconditions preconditions;

    NodesAndDatabase(DatabaseSettings settings, ClusterRuntime runtime, Clock clock) {
        NodeProbe probe = new NodeProbe();
        this.settings = settings;
        this.database = new DatabaseRecord(settings);
        this.gate = new ReadinessGate(probe, database, runtime, clock);
        this.preconditions = new Preconditions(probe, database, runtime, where());
    }

    @Override
    public Progress<Readiness> ready(Node node, Version version) {
        return gate.ready(node, version);
    }

    @Override
    public Optional<Version> recordedVersion() {
        try {
            return database.version().map(this::parsed);
        } catch (SQLException failed) {
            // Not a person's question yet: a database that is restarting answers at the next try.
            throw new IllegalStateException(
                    "The version recorded in " + where() + " cannot be read: " + Texts.shown(failed.getMessage(), 300),
                    failed);
        }
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
        throw new UnsupportedOperationException("comes with the next commit");
    }

    @Override
    public List<Plugin> plugins() {
        throw new UnsupportedOperationException("comes with the next commit");
    }

    @Override
    public Progress<List<Plugin>> ensurePlugins(Node node, Set<String> required) {
        throw new UnsupportedOperationException("comes with the next commit");
    }

    @Override
    public Progress<Plugin> change(Node node, PluginChange change) {
        throw new UnsupportedOperationException("comes with the next commit");
    }

    @Override
    public List<Check> checkFirstStart() {
        throw new UnsupportedOperationException("comes with the next commit");
    }

    private String where() {
        return "database " + settings.name() + " on " + settings.host() + ":" + settings.port();
    }
}
