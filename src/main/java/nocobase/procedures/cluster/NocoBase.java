package nocobase.procedures.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The application on the nodes and its record in the database. */
public interface NocoBase {

    /**
     * Whether the node serves the version, by all four proofs: the health check says ok, the node's own version, the version
     * recorded in the database, and every enabled plugin installed and answering. A bare 200 of the health check is no
     * proof. Fails at once when NocoBase reports a state that never heals. What is still awaited is said without the node's
     * name, which whoever asks knows.
     */
    Progress<Readiness> ready(Node node, Version version);

    /** The same of several nodes, in their order. A node that does not answer does not hold up the questions to the others. */
    default List<Progress<Readiness>> ready(List<Node> nodes, Version version) {
        return nodes.stream().map(node -> ready(node, version)).toList();
    }

    /** The version recorded in the database, or empty for a database without NocoBase. */
    Optional<Version> recordedVersion();

    /** What the database holds, read now. */
    Installation installation();

    /** The plugins that the database records, by name; none in a database without NocoBase. */
    List<Plugin> plugins();

    /**
     * Ensures that the plugins are in force: every built-in one that is enabled is installed, and each required one is present,
     * enabled and installed. What is not enabled yet is enabled by NocoBase's own command on the node, which loads its
     * application anew within its process (some 10 s of 503 there); then the node must prove to be ready again.
     *
     * @param node runs and is ready; no other node runs, because none would learn of a change before its own restart
     * @param required short or package names; beyond them nothing is enabled or disabled
     * @return all recorded plugins; Failed names those that are missing or could not be enabled, and what to do
     */
    Progress<List<Plugin>> ensurePlugins(Node node, Set<String> required);

    /**
     * Ensures that the plugin is as the change says, by NocoBase's own command on the node. The command goes on without us;
     * whoever asks again finds it, and does not launch it twice. Its exit code is not believed: the database and the node's own
     * answers decide, and the node must be ready again. The commands' 503 on that node is NocoBase's own.
     *
     * @param node as for {@link #ensurePlugins}. Other nodes know nothing of the change until they restart
     * @return the plugin as it is now (after a removal, as it last was: neither enabled nor installed); Failed has the command's
     *     last words, and a repeated call tries again
     */
    Progress<Plugin> change(Node node, PluginChange change);

    /**
     * The version that the data of each sub-application records, by name: those that have been started once. It only reads,
     * for NocoBase starts a sub-application that is asked over HTTP, and tells nobody without a login which ones run.
     */
    Map<String, String> subApplications();

    /**
     * Asks each sub-application that has been started before through the node, with its own header, until it answers with the
     * version and its own data records it. The question starts it, as a client's would, and so upgrades its data. Done when
     * all have answered or failed, at the latest some two minutes after the first question, however they fare.
     *
     * @param node is ready
     * @param before names of those that had been started before the procedure touched anything, besides those that {@link
     *     #subApplications} tells now
     */
    Progress<SubApplicationsSeen> askSubApplications(Node node, Version version, Set<String> before);

    /** The application's part of the preconditions for the target version, which may be null (no switch). */
    List<Check> check(Version target);

    /** The application's part of the preconditions for a first start: what the database holds. */
    List<Check> checkFirstStart();

    /**
     * Proof that a node is ready.
     *
     * @param plugins the enabled plugins that the node itself lists, sorted; equal on all nodes of a sound cluster. A node leaves
     *     out a plugin whose files it does not have
     */
    record Readiness(String node, Version version, List<String> plugins) {

        public Readiness {
            plugins = plugins.stream().sorted().toList();
        }
    }
}
