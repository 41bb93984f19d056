package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.DockerException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NocoBase that runs in several processes within a node ({@code CLUSTER_MODE}) neither installs nor upgrades at its start: the
 * arguments that ask for it do not reach the processes, and all of them call themselves healthy (measured with 2.2.15; its
 * launcher is packages/core/cli-v1/src/commands/start.js). So the node that starts first does so in one process, and when it
 * is ready it is started once more as its owner has it.
 */
final class ClusterMode {

    /** NocoBase's own variable. */
    static final String VARIABLE = "CLUSTER_MODE";

    private static final Logger LOG = LoggerFactory.getLogger(ClusterMode.class);

    private static final String ONE_PROCESS =
            "# nocobase-cluster-procedures: one process, until it has installed or upgraded\n" + "env:\n  " + VARIABLE
                    + " \"\"\n";
    private static final String AS_OWNED = "# nocobase-cluster-procedures: has installed or upgraded\n";

    private final NodeVariables variables;
    private final YarnWords yarn;

    ClusterMode(NodeVariables variables, YarnWords yarn) {
        this.variables = variables;
        this.yarn = yarn;
    }

    /** From the node's next start on, until {@link #asOwned}; not if it has installed or upgraded in this procedure. */
    void leaveOut(NodeContainer node) {
        try {
            if (isSet(node)) {
                yarn.say(node, ONE_PROCESS);
            }
        } catch (DockerException e) {
            // A file system that is read only, for example. Then it starts and does not upgrade, which readiness tells.
            LOG.warn("{} cannot be started in one process: {}", node.name(), DockerEngine.reason(e));
        }
    }

    boolean isLeftOut(NodeContainer node) {
        return yarn.said(node).filter(ONE_PROCESS::equals).isPresent();
    }

    /** It has installed or upgraded, or needs not: it starts as its owner has it from now on. */
    void asOwned(NodeContainer node) {
        if (isSet(node)) {
            yarn.change(node, ONE_PROCESS, AS_OWNED);
            yarn.say(node, AS_OWNED);
        }
    }

    /** Takes back whatever was said. */
    void forget(NodeContainer node) {
        yarn.silence(node, Set.of(ONE_PROCESS, AS_OWNED)::contains);
    }

    private boolean isSet(NodeContainer node) {
        return !variables.with(node).variables().getOrDefault(VARIABLE, "").isBlank();
    }
}
