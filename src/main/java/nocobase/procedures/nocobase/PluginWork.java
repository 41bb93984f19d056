package nocobase.procedures.nocobase;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.NocoBase.Readiness;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.PluginChange.Kind;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.nocobase.NodeCommand.Stage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes plugins by NocoBase's command line in a node: it needs no account, and its 503 is shorter than the HTTP API's
 * because most of its time is its own start. It exits with 0 whatever happened (2.2.15), and for a plugin that is not
 * there it loads the application anew twice: so we look first, and judge by the database and the node afterwards.
 */
final class PluginWork {

    private static final Messages MESSAGES = Messages.of("nocobase");

    private static final Logger LOG = LoggerFactory.getLogger(PluginWork.class);

    private static final List<String> NOCOBASE = List.of("yarn", "-s", "nocobase", "pm");

    private final DatabaseRecord database;
    private final ReadinessGate gate;
    private final NodeProbe probe;
    private final ClusterRuntime runtime;
    private final NodeCommand commands;
    private final Packages packages;
    private final String registry;

    PluginWork(
            DatabaseRecord database,
            ReadinessGate gate,
            NodeProbe probe,
            ClusterRuntime runtime,
            NodeCommand commands,
            Packages packages,
            String registry) {
        this.database = database;
        this.gate = gate;
        this.probe = probe;
        this.runtime = runtime;
        this.commands = commands;
        this.packages = packages;
        this.registry = registry;
    }

    Progress<List<Plugin>> ensure(Node asked, Set<String> required) throws SQLException {
        Node node = asItIsNow(asked);
        List<Plugin> recorded = database.plugins();
        List<String> lacking = new TreeSet<>(required)
                .stream().filter(name -> !enabled(recorded, name)).toList();
        Order order = new Order(
                "enable " + String.join(", ", lacking),
                MESSAGES.text("work.enableSeveral", String.join(", ", lacking)));
        NodeCommand.State state = commands.look(node);
        if (state.stage() == Stage.RUNNING) {
            return running(node, state, order);
        }
        Progress<Readiness> ready = ready(node);
        if (!(ready instanceof Progress.Done)) {
            return ready.then(done -> Progress.done(recorded));
        }
        if (lacking.isEmpty()) {
            if (state.stage() == Stage.ENDED) {
                commands.forget(node);
            }
            return listed(node, ready, recorded, required).then(done -> Progress.done(recorded));
        }
        if (state.is(Stage.ENDED, order.key())) {
            commands.forget(node);
            return Progress.failed(notEnabled(node, lacking, state));
        }
        List<String> absent = lacking.stream()
                .filter(name -> find(recorded, name).isEmpty() && !packages.present(node, name))
                .toList();
        if (!absent.isEmpty()) {
            return Progress.failed(absent(node, absent));
        }
        return launch(node, state, order, "", arguments("enable", lacking));
    }

    Progress<Plugin> change(Node asked, PluginChange change) throws SQLException {
        Node node = asItIsNow(asked);
        Optional<Plugin> recorded = find(database.plugins(), change.name());
        if (change.kind() == Kind.REMOVE && recorded.filter(Plugin::enabled).isPresent()) {
            Optional<Failure> obstacle = obstacle(node, change, recorded);
            if (obstacle.isPresent()) {
                return Progress.failed(obstacle.get());
            }
            // What is removed while it is loaded goes on in memory without its files.
            return change(node, PluginChange.disable(change.name()))
                    .then(disabled -> Progress.pending(MESSAGES.text("work.disabledFirst", change.name())));
        }
        NodeCommand.State state = commands.look(node);
        if (state.stage() == Stage.RUNNING) {
            return running(node, state, Order.of(change));
        }
        Progress<Readiness> ready = ready(node);
        if (!(ready instanceof Progress.Done<Readiness> done)) {
            return ready.then(never -> Progress.pending(change.text()));
        }
        if (change.kind() != Kind.ADD && !ours(state, change) && !known(node, change, recorded)) {
            return Progress.failed(absent(node, List.of(change.name())));
        }
        if (reached(node, change, recorded, state, done.result())) {
            return Progress.done(concluded(node, change, recorded, state));
        }
        if (state.is(Stage.ENDED, change.key())) {
            commands.forget(node);
            return Progress.failed(notDone(node, change, state));
        }
        Optional<Failure> obstacle = obstacle(node, change, recorded);
        if (obstacle.isPresent()) {
            return Progress.failed(obstacle.get());
        }
        String note = change.kind().needsSource() ? note(node, change) : "";
        return launch(node, state, Order.of(change), note, arguments(change, recorded));
    }

    private Node asItIsNow(Node node) {
        return runtime.observe().node(node.name()).orElse(node);
    }

    private Progress<Readiness> ready(Node node) throws SQLException {
        Optional<Version> version = database.version().flatMap(Version::tryParse);
        Progress<Readiness> ready = version.isPresent()
                ? gate.ready(node, version.get())
                : Progress.pending(MESSAGES.text("work.noVersion"));
        return ready instanceof Progress.Pending<Readiness> waiting
                ? Progress.pending(node.name() + ": " + waiting.text())
                : ready;
    }

    /**
     * What a command is to do.
     *
     * @param key how the command in a node is known again, whatever language is spoken
     * @param text for people
     */
    private record Order(String key, String text) {

        static Order of(PluginChange change) {
            return new Order(change.key(), change.text());
        }
    }

    /** @param order what is asked for now; another command may run, which is told by its key */
    private <T> Progress<T> running(Node node, NodeCommand.State state, Order order) {
        String shown = state.what().equals(order.key()) ? order.text() : state.what();
        Health health = node.url() == null ? new Health.Unreachable("") : probe.health(node);
        if (health instanceof Health.Failed failed) {
            // The command may wait for ever for an application that will never answer it.
            return Progress.failed(brokenMeanwhile(node, shown, state, failed));
        }
        String busy = health instanceof Health.Busy at ? ": " + at.message() : "";
        return Progress.pending(node.name() + ": " + shown + busy);
    }

    private <T> Progress<T> launch(
            Node node, NodeCommand.State state, Order order, String note, List<String> arguments) {
        if (state.stage() != Stage.NONE) {
            commands.forget(node);
        }
        List<String> command = new ArrayList<>(NOCOBASE);
        command.addAll(arguments);
        commands.launch(node, order.key(), note, command);
        return Progress.pending(node.name() + ": " + order.text());
    }

    /** A plugin that the database says is enabled, but that the node does not list, has no files there. */
    private static Progress<Readiness> listed(
            Node node, Progress<Readiness> ready, List<Plugin> recorded, Set<String> required) {
        return ready.then(found -> {
            List<String> unlisted = required.stream()
                    .flatMap(name -> find(recorded, name).stream())
                    .map(Plugin::name)
                    .filter(name -> !found.plugins().contains(name))
                    .toList();
            return unlisted.isEmpty() ? Progress.done(found) : Progress.failed(unlisted(node, unlisted));
        });
    }

    private boolean reached(
            Node node, PluginChange change, Optional<Plugin> recorded, NodeCommand.State state, Readiness ready) {
        boolean listed = recorded.filter(plugin -> ready.plugins().contains(plugin.name()))
                .isPresent();
        return switch (change.kind()) {
            case ENABLE ->
                recorded.filter(Plugin::enabled).filter(Plugin::installed).isPresent() && listed;
            case DISABLE -> recorded.filter(Plugin::enabled).isEmpty() && !listed;
            case REMOVE ->
                ours(state, change)
                        && recorded.isEmpty()
                        && packages.added(node, change.name()).isEmpty();
            case ADD, UPDATE -> replaced(node, change, recorded, state);
        };
    }

    /** The package came by this very command, or it is the version that the registry's source names. */
    private boolean replaced(Node node, PluginChange change, Optional<Plugin> recorded, NodeCommand.State state) {
        Optional<String> version = packages.added(node, change.name());
        if (version.isEmpty() || disagrees(recorded, version.get())) {
            return false;
        }
        boolean named = change.fromRegistry() && change.registryVersion().equals(version.get());
        boolean replaced = state.stage() == Stage.KEPT
                || state.stage() == Stage.ENDED && !traceOf(state).equals(packages.trace(node, change.name()));
        return named || ours(state, change) && replaced;
    }

    private static boolean ours(NodeCommand.State state, PluginChange change) {
        return state.is(Stage.ENDED, change.key()) || state.is(Stage.KEPT, change.key());
    }

    /** The migrations of an enabled plugin ran when its record has the package's version. */
    private static boolean disagrees(Optional<Plugin> recorded, String version) {
        return recorded.filter(Plugin::enabled)
                .filter(plugin -> !version.equals(plugin.version()))
                .isPresent();
    }

    private Plugin concluded(Node node, PluginChange change, Optional<Plugin> recorded, NodeCommand.State state) {
        if (state.is(Stage.ENDED, change.key())) {
            LOG.info("Node {}: {} is done", node.name(), change.key());
            if (change.kind().needsSource() && !upgradeWasMarked(state)) {
                packages.unmarkUpgrade(node);
            }
            commands.keep(node);
        }
        String version = change.kind().needsSource()
                ? packages.added(node, change.name()).orElse("")
                : "";
        return recorded.orElse(new Plugin(change.name(), change.name(), version, false, false, false));
    }

    private String note(Node node, PluginChange change) {
        return (packages.upgradeIsMarked(node) ? "marked " : "unmarked ") + packages.trace(node, change.name());
    }

    private static String traceOf(NodeCommand.State state) {
        return state.note().substring(state.note().indexOf(' ') + 1);
    }

    private static boolean upgradeWasMarked(NodeCommand.State state) {
        return state.note().startsWith("marked ");
    }

    /** A misspelt name would otherwise count as disabled or removed. */
    private boolean known(Node node, PluginChange change, Optional<Plugin> recorded) {
        return recorded.isPresent() || packages.present(node, change.name());
    }

    private static String packageName(PluginChange change, Optional<Plugin> recorded) {
        return recorded.map(Plugin::packageName).orElse(change.name());
    }

    /** What is known to fail is not begun: a failing command costs a time of 503 too. */
    private Optional<Failure> obstacle(Node node, PluginChange change, Optional<Plugin> recorded) {
        return switch (change.kind()) {
            case ENABLE -> Optional.empty();
            case DISABLE -> recorded.filter(Plugin::builtIn).map(plugin -> builtIn(node, plugin));
            case REMOVE ->
                packages.added(node, packageName(change, recorded)).isPresent()
                        ? Optional.empty()
                        : Optional.of(partOfImage(node, change));
            case ADD, UPDATE -> sourceMissing(node, change);
        };
    }

    private Optional<Failure> sourceMissing(Node node, PluginChange change) {
        if (change.fromRegistry() && registry == null) {
            return Optional.of(Failure.of(MESSAGES, "work.noRegistry.", change.source()));
        }
        if (change.fromStorage() && !packages.fileExists(node, change.source())) {
            return Optional.of(
                    Failure.ofNode(node.name(), MESSAGES, "work.fileMissing.", Packages.HOME + change.source()));
        }
        return Optional.empty();
    }

    private List<String> arguments(PluginChange change, Optional<Plugin> recorded) {
        return switch (change.kind()) {
            case ENABLE, DISABLE, REMOVE ->
                List.of(
                        change.kind().name().toLowerCase(Locale.ROOT),
                        recorded.map(Plugin::name).orElse(change.name()));
            case ADD -> List.of("add", location(change));
            // NocoBase updates only what it has a record of; before its first enabling a package is simply replaced.
            case UPDATE -> List.of(recorded.isPresent() ? "update" : "add", location(change));
        };
    }

    /** Always a package file: NocoBase's own registry option would add the newest version, whatever was asked for. */
    private String location(PluginChange change) {
        if (change.fromStorage()) {
            return Packages.HOME + change.source();
        }
        if (!change.fromRegistry()) {
            return change.source();
        }
        String base = registry.endsWith("/") ? registry : registry + "/";
        String file = change.name().substring(change.name().indexOf('/') + 1);
        return base + change.name() + "/-/" + file + "-" + change.registryVersion() + ".tgz";
    }

    private static List<String> arguments(String verb, List<String> names) {
        List<String> arguments = new ArrayList<>(List.of(verb));
        arguments.addAll(names);
        return arguments;
    }

    private static Optional<Plugin> find(List<Plugin> plugins, String name) {
        return plugins.stream().filter(plugin -> plugin.is(name)).findFirst();
    }

    private static boolean enabled(List<Plugin> plugins, String name) {
        return find(plugins, name)
                .filter(Plugin::enabled)
                .filter(Plugin::installed)
                .isPresent();
    }

    private static Failure absent(Node node, List<String> names) {
        return Failure.ofNode(node.name(), MESSAGES, "work.absent.", shown(names));
    }

    private static Failure unlisted(Node node, List<String> names) {
        return Failure.ofNode(node.name(), MESSAGES, "work.unlisted.", shown(names));
    }

    private static Failure notEnabled(Node node, List<String> names, NodeCommand.State state) {
        return Failure.ofNode(node.name(), MESSAGES, "work.notEnabled.", shown(names))
                .withLog(LastWords.of(state.output()));
    }

    private static Failure brokenMeanwhile(Node node, String order, NodeCommand.State state, Health.Failed failed) {
        String reported = failed.message().isEmpty() ? MESSAGES.text("ready.noMessage") : failed.message();
        return Failure.ofNode(node.name(), MESSAGES, "work.broken.", failed.code(), order, reported)
                .withLog(LastWords.of(state.output()));
    }

    private static Failure notDone(Node node, PluginChange change, NodeCommand.State state) {
        return Failure.ofNode(node.name(), MESSAGES, "work.notDone.", change.text())
                .withLog(LastWords.of(state.output()));
    }

    /** Every start that is an upgrade, and all but those told otherwise are, enables the built-in ones (2.2.15). */
    private static Failure builtIn(Node node, Plugin plugin) {
        return Failure.ofNode(node.name(), MESSAGES, "work.builtIn.", Texts.shown(plugin.name()));
    }

    private static Failure partOfImage(Node node, PluginChange change) {
        return Failure.ofNode(node.name(), MESSAGES, "work.partOfImage.", change.name());
    }

    private static String shown(List<String> names) {
        return String.join(", ", names.stream().map(Texts::shown).toList());
    }
}
