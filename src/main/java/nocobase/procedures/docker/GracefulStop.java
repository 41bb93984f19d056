package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops a node as the application wants to be stopped. The image's first process is a shell that ignores SIGTERM, so
 * {@code docker stop} waits its whole grace and then kills an application that was never told. Here the application process
 * itself gets the signal and ends in two seconds; then the container is stopped at once, before pm2 starts another one.
 */
final class GracefulStop {

    private static final Logger LOG = LoggerFactory.getLogger(GracefulStop.class);

    private static final int ENDED = 0;
    private static final int STILL_THERE = 4;
    private static final Duration CALLS = Duration.ofSeconds(10);
    /** For an application that should not have started: it may be writing into what is being restored. */
    private static final Duration GRACE_OF_INTRUDERS = Duration.ofSeconds(1);

    /**
     * Finds {@code node …/@nocobase/app/lib/index.js}, whose arguments pm2 may have joined by blanks (its own command line
     * names that file too, but not as the first argument), and waits for that very process: pm2 starts the next one at
     * once. Without an argument it looks only. A zombie is an ended process that nobody has fetched yet. One of several
     * processes ({@code CLUSTER_MODE}) goes on when its application has stopped, held by its channel to pm2: it counts as
     * ended when it has been without any TCP connection for a second, its database's among them (measured with 2.2.15).
     */
    private static final String SCRIPT = """
            deadline=$(($(date +%s) + ${1:-0}))
            application() {
              set -f; set -- $(tr '\\000' ' ' 2>/dev/null < "$1/cmdline"); set +f
              [ "${1##*/}" = node ] || return 1
              shift
              while case "$1" in -*) true ;; *) false ;; esac; do shift; done
              case "$1" in */@nocobase/app/lib/index.js) return 0 ;; esac
              return 1
            }
            pids=
            for process in /proc/[0-9]*; do
              if application "$process"; then pids="$pids ${process#/proc/}"; fi
            done
            [ -n "$pids" ] || exit 3
            [ -n "$1" ] || exit 0
            connected() {
              tr '\\000' '\\n' 2>/dev/null < "/proc/$1/environ" | grep -q '^NODE_UNIQUE_ID=' || return 0
              for descriptor in "/proc/$1/fd"/*; do
                case "$(readlink "$descriptor")" in
                  socket:*) inode=$(readlink "$descriptor"); inode=${inode#*[}; inode=${inode%]} ;;
                  *) continue ;;
                esac
                if cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -q " $inode "; then return 0; fi
              done
              return 1
            }
            at_rest() {
              for pid in $pids; do
                if [ -e "/proc/$pid/stat" ] && connected "$pid"; then return 1; fi
              done
            }
            kill -TERM $pids
            while :; do
              left=
              for pid in $pids; do
                case "$(cat "/proc/$pid/stat" 2>/dev/null)" in '' | *') Z '*) ;; *) left=1 ;; esac
              done
              [ -n "$left" ] || exit 0
              if at_rest; then sleep 1; if at_rest; then exit 0; fi; fi
              [ "$(date +%s)" -lt "$deadline" ] || exit 4
              sleep 0.05 2>/dev/null || sleep 1
            done
            """;

    private final DockerEngine engine;
    private final Commands commands;

    GracefulStop(DockerEngine engine) {
        this.engine = engine;
        this.commands = new Commands(engine);
    }

    /** Returns when the container does not run any more. */
    void stop(NodeContainer node, Duration grace) {
        stop(node, grace, grace);
    }

    /**
     * The same for a container that should not have started: it has one second at most, and where no application can be told
     * yet, none.
     */
    void expel(NodeContainer node) {
        stop(node, GRACE_OF_INTRUDERS, Duration.ZERO);
    }

    private void stop(NodeContainer node, Duration grace, Duration graceUntold) {
        if (node.paused()) {
            LOG.info("Resuming paused node {} so that it can stop", node.name());
            engine.control().unpauseContainerCmd(node.id()).exec();
        }
        LOG.info("Stopping node {}, {} s grace", node.name(), grace.toSeconds());
        int outcome = terminateApplication(node, grace);
        if (outcome == STILL_THERE) {
            LOG.warn(
                    "The application on node {} did not stop within {} s after SIGTERM and is killed",
                    node.name(),
                    grace.toSeconds());
        }
        boolean told = outcome == ENDED || outcome == STILL_THERE;
        stopContainer(node, told ? Duration.ZERO : graceUntold);
    }

    /** Whether the application could be told to stop. Changes nothing. */
    boolean findsApplication(NodeContainer node) {
        try {
            return commands.run(node.id(), List.of("sh", "-c", SCRIPT, "look", ""), CALLS)
                            .exitCode()
                    == ENDED;
        } catch (DockerException | EngineFault e) {
            return false;
        }
    }

    private int terminateApplication(NodeContainer node, Duration grace) {
        try {
            return commands.run(
                            node.id(),
                            List.of("sh", "-c", SCRIPT, "stop", Long.toString(Math.max(1, grace.toSeconds()))),
                            grace.plus(CALLS))
                    .exitCode();
        } catch (DockerException e) {
            // Not running any more, or between two restarts: nothing inside could be told.
            LOG.info("Node {} takes no command ({})", node.name(), DockerEngine.reason(e));
            return -1;
        }
    }

    private void stopContainer(NodeContainer node, Duration grace) {
        try {
            engine.patient()
                    .stopContainerCmd(node.id())
                    .withTimeout((int) grace.toSeconds())
                    .exec();
        } catch (NotModifiedException | NotFoundException e) {
            LOG.debug("Node {} had stopped already", node.name());
        }
    }
}
