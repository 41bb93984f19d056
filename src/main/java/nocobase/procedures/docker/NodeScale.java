package nocobase.procedures.docker;

import static nocobase.procedures.docker.SameVersionUpgrade.Reason.JOINS;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.concurrent.BackgroundWork;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the nodes that a scale names and stops the others: at each call it compares what is with what should be, and
 * launches what is missing. Hence repeated calls also stop a node that somebody starts while it may not run.
 */
final class NodeScale {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(NodeScale.class);
    private static final int LOG_LINES = 40;

    private final DockerEngine engine;
    private final RestartMemory memory;
    private final SameVersionUpgrade sameVersion;
    private final ClusterMode clusterMode;
    private final GracefulStop gracefulStop;
    private final NodeLogs logs;
    private final BackgroundWork<Void> background;
    private final Duration grace;
    /** Containers that we started and did not stop: one of them that does not run ended by itself. */
    private final Set<String> started = ConcurrentHashMap.newKeySet();

    NodeScale(
            DockerEngine engine,
            RestartMemory memory,
            SameVersionUpgrade sameVersion,
            ClusterMode clusterMode,
            GracefulStop gracefulStop,
            NodeLogs logs,
            BackgroundWork<Void> background,
            Duration grace) {
        this.engine = engine;
        this.memory = memory;
        this.sameVersion = sameVersion;
        this.clusterMode = clusterMode;
        this.gracefulStop = gracefulStop;
        this.logs = logs;
        this.background = background;
        this.grace = grace;
    }

    /**
     * @param first the node that starts before the others, which join it; empty if all join
     * @param selected the nodes, and what was set aside: that never runs, whatever is wanted
     */
    Progress<Void> ensure(Set<String> wanted, String first, List<NodeContainer> selected) {
        List<NodeContainer> nodes = NodeSelection.nodesAmong(selected);
        wanted.forEach(name -> refuseLost(name, nodes));
        List<String> starting = new ArrayList<>();
        List<String> stopping = new ArrayList<>();
        for (NodeContainer node : selected) {
            Optional<Failure> failure = takeFailure(node);
            if (failure.isPresent()) {
                return Progress.failed(failure.get());
            }
            if (nodes.contains(node) && wanted.contains(node.name())) {
                if (ends(node)) {
                    return Progress.failed(ended(node));
                }
                if (!ensureRuns(node, !node.name().equals(first))) {
                    starting.add(node.name());
                }
            } else if (!ensureStopped(node)) {
                stopping.add(node.name());
            }
        }
        return starting.isEmpty() && stopping.isEmpty()
                ? Progress.done(null)
                : Progress.pending(text(starting, stopping));
    }

    boolean stopping(NodeContainer node) {
        return background.underWay(stopKey(node));
    }

    /** Stops a node that was started in one process only; the next {@link #ensure} starts it as its owner has it. */
    Progress<Void> asOwned(NodeContainer node) {
        if (!background.underWay(stopKey(node)) && !clusterMode.isLeftOut(node)) {
            return Progress.done(null);
        }
        Optional<Failure> failure = takeFailure(node);
        if (failure.isPresent()) {
            return Progress.failed(failure.get());
        }
        background.launch(stopKey(node), () -> {
            LOG.info("Node {} is started once more, as its owner has it ({})", node.name(), ClusterMode.VARIABLE);
            stop(node);
            // Afterwards: cut short in between, it is started in one process once more, and nothing is lost but time.
            clusterMode.asOwned(node);
        });
        return Progress.pending(MESSAGES.text("scale.asOwned", node.name()));
    }

    /**
     * Stops containers that run while they may not. Registered at once, without a call to the engine: a start that follows
     * waits until the container has stopped.
     */
    void expel(String name) {
        background.launch(stopKey(name), () -> stopIntruder(name));
    }

    private void stopIntruder(String name) {
        try {
            engine.container(name)
                    .map(NodeContainer::new)
                    .filter(NodeContainer::running)
                    .ifPresent(intruder -> {
                        started.remove(intruder.id());
                        gracefulStop.expel(intruder);
                        // Afterwards: what cannot be written (a full disk, say) must not let it go on.
                        memory.silence(intruder);
                    });
        } catch (RuntimeException e) {
            // It still runs at the next look; no step of the procedure failed.
            LOG.warn("Intruder {} could not be stopped yet: {}", name, e.getMessage());
        }
    }

    private boolean ensureRuns(NodeContainer node, boolean joins) {
        if (background.underWay(stopKey(node))) {
            return false;
        }
        if (node.running() && !node.paused()) {
            return !background.underWay(startKey(node));
        }
        background.launch(startKey(node), () -> start(node, joins));
        return false;
    }

    private boolean ensureStopped(NodeContainer node) {
        if (background.underWay(startKey(node))) {
            return false;
        }
        if (!node.running()) {
            // Another process stopped it: when it is wanted again, it did not end by itself.
            started.remove(node.id());
            // Also one that did not run before: a restart of the engine would bring it up.
            memory.silence(node);
            return !background.underWay(stopKey(node));
        }
        refuseToLose(node);
        background.launch(stopKey(node), () -> stop(node));
        return false;
    }

    private void start(NodeContainer node, boolean joins) {
        LOG.info("Starting node {} ({})", node.name(), node.image());
        try {
            if (node.paused()) {
                engine.control().unpauseContainerCmd(node.id()).exec();
            } else {
                prepare(node, joins);
                engine.patient().startContainerCmd(node.id()).exec();
            }
        } catch (NotModifiedException e) {
            LOG.debug("Node {} runs already", node.name());
        }
        started.add(node.id());
    }

    private void prepare(NodeContainer node, boolean joins) {
        if (joins) {
            sameVersion.leaveOut(node, JOINS);
        } else {
            sameVersion.demand(node, JOINS);
            clusterMode.leaveOut(node);
        }
    }

    private void stop(NodeContainer node) {
        started.remove(node.id());
        try {
            boolean silent = silenceIfPossible(node);
            gracefulStop.stop(node, grace);
            if (!silent) {
                memory.silence(node);
            }
        } catch (NotFoundException e) {
            LOG.info("Node {} is gone: somebody removed its container", node.name());
        }
    }

    /** Before the stop, for the engine starts a container again whose application ends by itself; yet no condition of it. */
    private boolean silenceIfPossible(NodeContainer node) {
        try {
            memory.silence(node);
            return true;
        } catch (NotFoundException e) {
            throw e;
        } catch (DockerException e) {
            LOG.warn(
                    "The restart policy of {} stays as it is until it has stopped: {}",
                    node.name(),
                    DockerEngine.reason(e));
            return false;
        }
    }

    /** A wanted node that we started does not run. Looked at again: what was observed may be older than the start. */
    private boolean ends(NodeContainer node) {
        return !node.running()
                && started.contains(node.id())
                && !background.underWay(startKey(node))
                && engine.container(node.id())
                        .map(NodeContainer::new)
                        .filter(now -> !now.running())
                        .isPresent()
                && started.remove(node.id());
    }

    private Failure ended(NodeContainer node) {
        int exitCode = engine.container(node.id())
                .map(json -> new NodeContainer(json).exitCode())
                .orElse(node.exitCode());
        return Failure.ofNode(node.name(), MESSAGES, "node.ended.", exitCode).withLog(logs.tail(node, LOG_LINES));
    }

    private static void refuseLost(String name, List<NodeContainer> nodes) {
        if (nodes.stream().noneMatch(node -> node.name().equals(name))) {
            throw new CannotProceedException(Failure.ofNode(name, MESSAGES, "node.lost."));
        }
    }

    private static void refuseToLose(NodeContainer node) {
        if (node.removesItself()) {
            throw new CannotProceedException(Failure.ofNode(node.name(), MESSAGES, "node.removesItself."));
        }
    }

    /**
     * What the engine refused is told to a person; it will refuse again. Where it failed itself, which it also says of some
     * things that it will always refuse, a person is told after some tries. What it did not answer is thrown as it is, for
     * another try.
     */
    private Optional<Failure> takeFailure(NodeContainer node) {
        return background
                .takeFailure(startKey(node))
                .map(error -> refused(node, "node.notStarted.", error))
                .or(() -> background.takeFailure(stopKey(node)).map(error -> refused(node, "node.notStopped.", error)));
    }

    private static Failure refused(NodeContainer node, String key, RuntimeException error) {
        if (error instanceof DockerException refusal) {
            Failure failure = Failure.ofNode(node.name(), MESSAGES, key, DockerEngine.reason(refusal));
            if (refusal instanceof EngineFailure) {
                throw new MayHealException(failure);
            }
            return failure;
        }
        throw error;
    }

    private static String text(List<String> starting, List<String> stopping) {
        List<String> parts = new ArrayList<>();
        if (!stopping.isEmpty()) {
            parts.add(MESSAGES.text("nodes.stopping", String.join(", ", stopping)));
        }
        if (!starting.isEmpty()) {
            parts.add(MESSAGES.text("nodes.starting", String.join(", ", starting)));
        }
        return String.join("; ", parts);
    }

    private static String startKey(NodeContainer node) {
        return "start " + node.name();
    }

    private static String stopKey(NodeContainer node) {
        return stopKey(node.name());
    }

    private static String stopKey(String name) {
        return "stop " + name;
    }
}
