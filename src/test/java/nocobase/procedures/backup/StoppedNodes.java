package nocobase.procedures.backup;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodeState;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;

/** A cluster's nodes as restore points see them: names, and whether any runs. */
final class StoppedNodes implements ClusterRuntime {

    private final List<String> names;
    final AtomicBoolean running = new AtomicBoolean();

    StoppedNodes(List<String> names) {
        this.names = names;
    }

    @Override
    public ClusterState observe() {
        NodeState state = running.get() ? NodeState.RUNNING : NodeState.STOPPED;
        return new ClusterState(
                names.stream()
                        .map(name -> new Node(
                                name, state, "local/stand-in:2.2.15", Version.parse("2.2.15"), false, null, null))
                        .toList(),
                Instant.now());
    }

    @Override
    public Progress<Image> pull(Version version) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean hasImage(Version version) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Progress<ClusterState> scale(Scale scale) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Node> beyond(Scale scale) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void expel(List<Node> intruders) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Progress<Void> asOwned(Node node) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void prepare(Version version, OperationId operation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void switchVersion(Version version, OperationId operation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void switchBack(OperationId operation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void finish(OperationId operation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String logTail(String node, int lines) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Check> check(Version target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Check> checkFirstStart() {
        throw new UnsupportedOperationException();
    }
}
