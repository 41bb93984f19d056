package nocobase.procedures.rehearsal;

import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Version;

/** What goes wrong, in the words that a real cluster would find for it. */
final class Failures {

    static final int LOG_LINES = 40;
    static final String LAST_NODE_CAUSE = "Error: listen EADDRINUSE: address already in use 0.0.0.0:13000";
    static final String FIRST_NODE_CAUSE =
            "Unable to connect to the database: Connection terminated unexpectedly (attempt 10/10)";
    static final String RACE_CAUSE =
            "Validation error: duplicate key value violates unique constraint" + " \"applicationPlugins_name_key\"";

    private Failures() {}

    static String migrationCause(Version version) {
        return "migration 20260301120000-reshape-users of " + version
                + " failed: column \"users.profileId\" does not exist";
    }

    static Failure appError(SimulatedNode node, String log) {
        return Failure.ofNode(
                node.name,
                "NocoBase on node " + node.name + " reports APP_ERROR: " + node.message + ".",
                "This state never heals by itself. Read the log. If the cause is outside NocoBase, remove it and try again; otherwise go back to the"
                        + " previous version by a rollback.",
                log);
    }

    static Failure ended(SimulatedNode node, String log) {
        return Failure.ofNode(
                node.name,
                "Node " + node.name + " does not run: " + node.message + ".",
                "Read the log, remove the cause and try again.",
                log);
    }

    static Failure notRunning(String node) {
        return Failure.ofNode(node, "Node " + node + " does not run.", "Find out who stopped it, then try again.", "");
    }

    static Failure wrongVersion(String node, Version runs, Version wanted) {
        return Failure.ofNode(
                node,
                "Node " + node + " runs NocoBase " + runs + ", not " + wanted + ".",
                "Switch its version before it is started.",
                "");
    }

    static Failure newerDatabase(String node, Version version, Version recorded) {
        return Failure.ofNode(
                node,
                "The database was written by NocoBase " + recorded + ", which is newer than " + version + " on node "
                        + node + ".",
                "An older version on a newer database damages data silently. Stop the node; restore first, or use version "
                        + recorded + ".",
                "");
    }

    static Failure pluginChange(String node, PluginChange change, boolean unknown) {
        return Failure.ofNode(
                node,
                "NocoBase did not " + change.text() + " on node " + node + ": "
                        + (unknown
                                ? "Cannot find plugin '" + change.name() + "'."
                                : "its command ended with an error."),
                unknown
                        ? "Check the name. If the package is not on the nodes, add it first (upload it, or name its source); a"
                                + " commercial plugin needs a licence key in NocoBase. Then try again."
                        : "Read the command's last words below, remove the cause and try again. Nothing else was changed.",
                unknown
                        ? "Error: Cannot find plugin '" + change.name() + "'"
                        : "Error: Failed to enable plugin\n  cause: relation \"" + change.name() + "\" already exists");
    }

    static Failure stopRefused(String node) {
        return Failure.ofNode(
                node,
                "Node " + node + " did not stop: the container engine reports \"tried to kill container, but did not"
                        + " receive an exit event\".",
                "Look for a process that hangs on its storage on that host, then try again.",
                "");
    }

    static Failure imageMissing(String image) {
        return Failure.of(
                "There is no image " + image + ": manifest for " + image + " not found: manifest unknown.",
                "Check the version number, and that the image was published for it.");
    }

    static Failure pullBroke(String image) {
        return Failure.of(
                "Image " + image + " could not be pulled: net/http: TLS handshake timeout.",
                "Check the host's way to the registry, then try again. Nothing was touched.");
    }

    static Failure mislabelled(String image, Version inside) {
        return Failure.of(
                "Image " + image + " holds NocoBase " + inside + ", not the version that its tag says.",
                "Do not use it. Choose the version whose image is right, or pull the image anew once it was corrected.");
    }

    static Failure notPulled(String image) {
        return Failure.of("Image " + image + " is not on the host.", "Pull it before the nodes are switched.");
    }

    static Failure nodesRun(String nodes, String purpose) {
        return Failure.of(
                "The nodes " + nodes + " still run; " + purpose + " needs all of them stopped.",
                "Stop all nodes, then try again.");
    }

    static Failure nameTaken(String node) {
        return Failure.ofNode(
                node,
                "Node " + node + " of the new version could not be made: Conflict. The container name \"/" + node
                        + "\" is already in use.",
                "Remove or rename the foreign container of that name, then try again.",
                "");
    }

    static Failure sessions(String node) {
        return Failure.ofNode(
                node,
                "The database cannot be copied: source database \"nocobase\" is being accessed by other users (node "
                        + node + ").",
                "Stop all nodes and close all other sessions, then try again.",
                "");
    }

    static Failure noRoom() {
        return new Failure(
                "The database could not be cloned: could not write to file \"base/24731/16402\": No space left on device.",
                "",
                "Make room on the database's disk (1.3 GB are needed), then try again.",
                "ERROR:  could not write to file \"base/24731/16402\": No space left on device\n"
                        + "STATEMENT:  CREATE DATABASE \"nocobase_pre_upgrade\" TEMPLATE \"nocobase\" STRATEGY FILE_COPY");
    }

    static Failure dumpInvalid() {
        return new Failure(
                "The durable copy did not pass its verification: the clone has 214 tables, the dump lists 211"
                        + " (missing: public.users, public.roles, public.uiSchemas).",
                "",
                "Try again. If it fails again, look at the database server's log; the clone is still there.",
                "pg_dump: error: reading data for table \"users\" failed: PQgetCopyData() failed\n"
                        + "pg_dump: detail: Error message from server: SSL SYSCALL error: EOF detected");
    }

    static Failure builtIn(String plugin) {
        return Failure.of(
                "Plugin " + plugin
                        + " is built into NocoBase and cannot be disabled: the next start would enable it again.",
                "Leave it enabled, and hide what it offers by NocoBase's roles and permissions.");
    }

    static Failure proofFailed(String id) {
        return new Failure(
                "Restore point " + id
                        + " failed its trial restore: table \"public\".\"users\" has 1841 rows, not 1842.",
                "",
                "Do not rely on this restore point. Take a new one, and look for faults of the disk that keeps the durable"
                        + " copies.",
                "users: 1842 when it was dumped, 1841 restored");
    }

    static Failure noDurableCopy(String id) {
        return Failure.of(
                "Restore point " + id + " has no verified durable copy.",
                "Make its durable copy first, or choose another restore point.");
    }

    static Failure transferBroke() {
        return Failure.of(
                "The restore point could not be copied from the other cluster's store: connection reset by peer.",
                "Check the way to the other cluster's Docker engine, then try again. What was copied is used again.");
    }

    static Failure otherKind() {
        return Failure.of(
                "A rehearsal cluster receives restore points of rehearsal clusters only.",
                "Choose a rehearsal cluster as the source.");
    }

    static Failure restoreBroke() {
        return new Failure(
                "The database could not be restored: the exchange of the databases was refused.",
                "",
                "Close the session that is named below, then try again. Nothing was changed.",
                "ERROR:  database \"nocobase\" is being accessed by other users\n"
                        + "DETAIL:  There is 1 other session using the database (pid 4711, user reporting, psql).");
    }

    static Failure noRestorePoint(String id) {
        return Failure.of(
                "There is no restore point " + id + ".", "Choose one of those that the list of restore points shows.");
    }

    static Failure spent(String id) {
        return Failure.of(
                "Restore point " + id + " is spent: its clone was used by a restore before the durable copy was"
                        + " complete.",
                "Choose another restore point.");
    }

    static Failure balancerAway() {
        return Failure.of("The balancer's container nginx does not run.", "Start it, then try again.");
    }

    static Failure routeRefused() {
        return new Failure(
                "The balancer refuses the new configuration; the previous route is still in force.",
                "",
                "Look at the message below, correct nginx's own configuration, then try again.",
                "nginx: [emerg] host not found in upstream \"app-3:13000\" in"
                        + " /etc/nginx/procedures/cluster.conf:7\n"
                        + "nginx: configuration file /etc/nginx/nginx.conf test failed");
    }

    static Failure clientsRefused() {
        return Failure.of(
                "The route is set, but clients get 502 Bad Gateway from the balancer.",
                "Check that the balancer reaches the nodes (network, firewall), then try again.");
    }

    static Failure otherRoute(String wanted, String present) {
        return Failure.of(
                "The balancer's route is \"" + present + "\", not \"" + wanted + "\".",
                "Somebody else changed it. Try again: the route is set anew.");
    }

    static Failure tidyUpBroke() {
        return Failure.of(
                "What the operation set aside could not be removed: driver \"overlay2\" failed to remove root filesystem:"
                        + " device or resource busy.",
                "Try again, or go on and remove it later: nothing depends on it now.");
    }
}
