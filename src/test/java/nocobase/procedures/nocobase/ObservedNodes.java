package nocobase.procedures.nocobase;

import java.time.Instant;
import java.util.List;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;

/** The two questions that the application asks the runtime, answered by the test; anything else is an error. */
final class ObservedNodes implements ClusterRuntime {

    private List<Node> nodes = List.of();
    private String log = "";

    void nodes(Node... present) {
        nodes = List.of(present);
    }

    void log(String tail) {
        log = tail;
    }

    @Override
    public ClusterState observe() {
        return new ClusterState(nodes, Instant.EPOCH);
    }

    @Override
    public String logTail(String node, int lines) {
        return log;
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
    public List<Check> check(Version target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Check> checkFirstStart() {
        throw new UnsupportedOperationException();
    }
}
