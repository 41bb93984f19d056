package nocobase.procedures.process.claim;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nocobase.procedures.audit.Remark;
import nocobase.procedures.audit.Remarks;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.concurrent.LogContext;
import nocobase.procedures.process.Admission;
import nocobase.procedures.process.Wording;
import nocobase.procedures.process.claim.NodeLimits.NodeLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Stops every node that runs while it may not, and keeps a remark of it. What it remembers between looks serves one purpose
 * only: a node that was stopped before we looked again is reported too.
 */
@Component
public class NodeGuard {

    private static final Logger LOG = LoggerFactory.getLogger(NodeGuard.class);

    /** So much a host's clock may be behind ours. */
    private static final Duration CLOCKS = Duration.ofSeconds(5);

    private final NodeLimits limits;
    private final Clusters clusters;
    private final Remarks remarks;
    private final Admission admission;
    private final Clock clock;
    private final Map<String, LastLook> lastLooks = new ConcurrentHashMap<>();
    private final Map<String, String> faults = new ConcurrentHashMap<>();

    NodeGuard(NodeLimits limits, Clusters clusters, Remarks remarks, Admission admission, Clock clock) {
        this.limits = limits;
        this.clusters = clusters;
        this.remarks = remarks;
        this.admission = admission;
        this.clock = clock;
    }

    /** What must not run, and when it was last started; an absent moment is one that never was. */
    private record LastLook(NodeLimit limit, Instant at, Map<String, Instant> starts) {

        /** An older start is that of a container that has been put back in the node's place. */
        boolean startedSince(Node node) {
            if (node.startedAt() == null || !starts.containsKey(node.name())) {
                return false;
            }
            Instant known = starts.get(node.name());
            return known == null
                    ? node.startedAt().isAfter(at.minus(CLOCKS))
                    : node.startedAt().isAfter(known);
        }
    }

    /** The limits in force; forgets what was seen under others. */
    public List<NodeLimit> limits() {
        List<NodeLimit> all = limits.all();
        lastLooks.keySet().retainAll(all.stream().map(NodeLimit::cluster).toList());
        return all;
    }

    /**
     * One look at one cluster, unless a person is asked whether this engine goes on there. A fault of its runtime is logged,
     * the same one once.
     */
    public void look(NodeLimit limit) {
        try (LogContext said = LogContext.of(limit.operation().value(), null)) {
            if (!admission.admits(limit.operation().value())) {
                return;
            }
            Instant now = clock.instant();
            ClusterRuntime runtime = clusters.find(limit.cluster()).runtime();
            List<Node> beyond = runtime.beyond(limit.scale());
            List<Node> intruders =
                    beyond.stream().filter(node -> intrudes(limit, node)).toList();
            if (!intruders.isEmpty()) {
                limits.whileInForce(limit, inForce -> expel(runtime, limit, intruders));
            }
            remember(limit, now, beyond);
            faults.remove(limit.cluster());
        } catch (RuntimeException e) {
            if (!e.toString().equals(faults.put(limit.cluster(), e.toString()))) {
                LOG.warn("Cannot see whether nodes run that may not, looking again: {}", e.toString());
            }
        }
    }

    private boolean intrudes(NodeLimit limit, Node node) {
        LastLook last = lastLooks.get(limit.cluster());
        boolean startedSince = last != null && last.limit().equals(limit) && last.startedSince(node);
        return node.running() || startedSince;
    }

    /** The limit holds while this runs: none of these nodes is one that may run by now. */
    private void expel(ClusterRuntime runtime, NodeLimit limit, List<Node> intruders) {
        runtime.expel(intruders.stream().filter(Node::running).toList());
        intruders.forEach(intruder -> report(limit, intruder));
    }

    private void report(NodeLimit limit, Node intruder) {
        String text = Wording.intruder(intruder.name(), limit.size());
        String key = intruder.name() + " started " + intruder.startedAt();
        if (remarks.record(new Remark(limit.operation().value(), key, clock.instant(), text))) {
            LOG.warn(text);
        }
    }

    private void remember(NodeLimit limit, Instant at, List<Node> beyond) {
        Map<String, Instant> starts = new HashMap<>();
        beyond.forEach(node -> starts.put(node.name(), node.startedAt()));
        lastLooks.put(limit.cluster(), new LastLook(limit, at, starts));
    }
}
