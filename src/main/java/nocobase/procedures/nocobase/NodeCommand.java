package nocobase.procedures.nocobase;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command of NocoBase in a node's container that goes on without us. There is one place for it in each container, so that
 * no two commands run at once; whoever looks finds what runs there or what came of it. A command ends with its container:
 * what an earlier start of the container left does not count.
 */
final class NodeCommand {

    private static final Messages MESSAGES = Messages.of("nocobase");

    private static final Logger LOG = LoggerFactory.getLogger(NodeCommand.class);
    private static final Duration LIMIT = Duration.ofSeconds(15);

    /**
     * Arguments: verb, when the container was started, and to launch: what, a note, the command. The place is a directory that
     * appears complete by one rename, which fails where there is one already. Texts come as arguments and are never
     * read as shell.
     */
    private static final String SCRIPT = """
            place=/tmp/nocobase-procedures
            verb=$1 start=$2
            [ "$(cat "$place/start" 2>/dev/null)" = "$start" ] || rm -rf "$place"
            case $verb in
            launch)
              new=$(mktemp -d "$place.XXXXXX") || exit 1
              printf %s "$start" > "$new/start"; printf %s "$3" > "$new/what"; printf %s "$4" > "$new/note"
              shift 4
              mv -T "$new" "$place" 2>/dev/null || { rm -rf "$new"; exit 0; }
              ( "$@" > "$place/output" 2>&1; echo $? > "$place/exit" ) < /dev/null > /dev/null 2>&1 &
              echo $! > "$place/pid" ;;
            keep) : > "$place/kept" ;;
            forget) rm -rf "$place" ;;
            look)
              if [ ! -d "$place" ]; then echo none; exit 0; fi
              pid=$(cat "$place/pid" 2>/dev/null)
              if [ -e "$place/kept" ]; then echo kept
              elif [ -e "$place/exit" ]; then echo ended
              elif [ -n "$pid" ] && ! kill -0 "$pid" 2>/dev/null && [ ! -e "$place/exit" ]; then echo ended
              else echo running; fi
              cat "$place/what"; echo; cat "$place/note"; echo
              tail -c 16384 "$place/output" 2>/dev/null ;;
            esac
            """;

    private final Containers containers;

    NodeCommand(Containers containers) {
        this.containers = containers;
    }

    /** Where the command stands. */
    enum Stage {
        NONE,
        RUNNING,
        /** It ended, or was killed; nobody judged the result yet. */
        ENDED,
        /** Its result was found right. */
        KEPT
    }

    /**
     * What is in the place.
     *
     * @param what the text that it was launched with
     * @param note what its launcher wrote down for its judge
     * @param output standard output and error, the last 16 KiB
     */
    record State(Stage stage, String what, String note, String output) {

        static final State NONE = new State(Stage.NONE, "", "", "");

        boolean is(Stage wanted, String text) {
            return stage == wanted && what.equals(text);
        }
    }

    State look(Node node) {
        String[] lines = run(node, "look", List.of()).split("\n", 4);
        return switch (lines[0]) {
            case "none" -> State.NONE;
            case "running" -> state(Stage.RUNNING, lines);
            case "ended" -> state(Stage.ENDED, lines);
            case "kept" -> state(Stage.KEPT, lines);
            default ->
                throw new IllegalStateException(MESSAGES.text("command.unclear", node.name(), Texts.shown(lines[0])));
        };
    }

    private static State state(Stage stage, String[] lines) {
        return new State(
                stage,
                lines.length > 1 ? lines[1] : "",
                lines.length > 2 ? lines[2] : "",
                lines.length > 3 ? lines[3] : "");
    }

    /** Launches it, unless another one is in the place. */
    void launch(Node node, String what, String note, List<String> command) {
        LOG.info("Running \"{}\" in node {}", String.join(" ", command), node.name());
        List<String> arguments = new ArrayList<>(List.of(what, note));
        arguments.addAll(command);
        run(node, "launch", arguments);
    }

    /** Its result is right: whoever asks again need not run it again. */
    void keep(Node node) {
        run(node, "keep", List.of());
    }

    /** Clears the place. */
    void forget(Node node) {
        run(node, "forget", List.of());
    }

    private String run(Node node, String verb, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", SCRIPT, "command", verb, "" + node.startedAt()));
        command.addAll(arguments);
        ExecResult result = containers.exec(node.name(), command, LIMIT);
        if (!result.succeeded()) {
            throw new IllegalStateException(
                    MESSAGES.text("command.notRun", node.name(), Texts.shown(result.output(), 300)));
        }
        return result.output();
    }
}
