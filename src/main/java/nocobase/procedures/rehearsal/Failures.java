package nocobase.procedures.rehearsal;

import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;

/** What goes wrong, in the words that a real cluster would find for it. */
final class Failures {

    private static final Messages MESSAGES = Messages.of("rehearsal");

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
                MESSAGES.text("failure.appError", node.name, node.message),
                MESSAGES.text("failure.appError.remedy"),
                log);
    }

    static Failure ended(SimulatedNode node, String log) {
        return Failure.ofNode(
                node.name,
                MESSAGES.text("failure.ended", node.name, node.message),
                MESSAGES.text("failure.ended.remedy"),
                log);
    }

    static Failure notRunning(String node) {
        return Failure.ofNode(
                node, MESSAGES.text("failure.stopped", node), MESSAGES.text("failure.stopped.remedy"), "");
    }

    static Failure wrongVersion(String node, Version runs, Version wanted) {
        return Failure.ofNode(
                node,
                MESSAGES.text("failure.otherVersion", node, runs, wanted),
                MESSAGES.text("failure.otherVersion.remedy"),
                "");
    }

    static Failure newerDatabase(String node, Version version, Version recorded) {
        return Failure.ofNode(
                node,
                MESSAGES.text("failure.newerDatabase", recorded, version, node),
                MESSAGES.text("failure.newerDatabase.remedy", recorded),
                "");
    }

    static Failure pluginChange(String node, PluginChange change, boolean unknown) {
        return Failure.ofNode(
                node,
                MESSAGES.text(
                        "failure.plugin",
                        change.text(),
                        node,
                        MESSAGES.text(unknown ? "failure.plugin.unknown" : "failure.plugin.error", change.name())),
                unknown ? MESSAGES.text("failure.plugin.unknown.remedy") : MESSAGES.text("failure.plugin.remedy"),
                unknown
                        ? "Error: Cannot find plugin '" + change.name() + "'"
                        : "Error: Failed to enable plugin\n  cause: relation \"" + change.name() + "\" already exists");
    }

    static Failure stopRefused(String node) {
        return Failure.ofNode(
                node, MESSAGES.text("failure.notStopped", node), MESSAGES.text("failure.notStopped.remedy"), "");
    }

    static Failure imageMissing(String image) {
        return Failure.of(MESSAGES.text("failure.noImage", image, image), MESSAGES.text("failure.noImage.remedy"));
    }

    static Failure pullBroke(String image) {
        return Failure.of(MESSAGES.text("failure.pull", image), MESSAGES.text("failure.pull.remedy"));
    }

    static Failure mislabelled(String image, Version inside) {
        return Failure.of(
                MESSAGES.text("failure.mislabelled", image, inside), MESSAGES.text("failure.mislabelled.remedy"));
    }

    static Failure notPulled(String image) {
        return Failure.of(MESSAGES.text("failure.notPulled", image), MESSAGES.text("failure.notPulled.remedy"));
    }

    static Failure nodesRun(String nodes, String purpose) {
        return Failure.of(MESSAGES.text("failure.stillRun", nodes, purpose), MESSAGES.text("failure.stillRun.remedy"));
    }

    static Failure nameTaken(String node) {
        return Failure.ofNode(
                node, MESSAGES.text("failure.nameTaken", node, node), MESSAGES.text("failure.nameTaken.remedy"), "");
    }

    static Failure sessions(String node) {
        return Failure.ofNode(node, MESSAGES.text("failure.inUse", node), MESSAGES.text("failure.inUse.remedy"), "");
    }

    static Failure noRoom() {
        return new Failure(
                MESSAGES.text("failure.cloneRoom"),
                "",
                MESSAGES.text("failure.cloneRoom.remedy"),
                "ERROR:  could not write to file \"base/24731/16402\": No space left on device\n"
                        + "STATEMENT:  CREATE DATABASE \"nocobase_pre_upgrade\" TEMPLATE \"nocobase\" STRATEGY FILE_COPY");
    }

    static Failure dumpInvalid() {
        return new Failure(
                MESSAGES.text("failure.notVerified"),
                "",
                MESSAGES.text("failure.notVerified.remedy"),
                "pg_dump: error: reading data for table \"users\" failed: PQgetCopyData() failed\n"
                        + "pg_dump: detail: Error message from server: SSL SYSCALL error: EOF detected");
    }

    static Failure builtIn(String plugin) {
        return Failure.of(MESSAGES.text("failure.builtIn", plugin), MESSAGES.text("failure.builtIn.remedy"));
    }

    static Failure proofFailed(String id) {
        return new Failure(
                MESSAGES.text("failure.proof", id),
                "",
                MESSAGES.text("failure.proof.remedy"),
                "users: 1842 when it was dumped, 1841 restored");
    }

    static Failure noDurableCopy(String id) {
        return Failure.of(MESSAGES.text("failure.noCopy", id), MESSAGES.text("failure.noCopy.remedy"));
    }

    static Failure transferBroke() {
        return Failure.of(MESSAGES.text("failure.transfer"), MESSAGES.text("failure.transfer.remedy"));
    }

    static Failure otherKind() {
        return Failure.of(MESSAGES.text("failure.rehearsalsOnly"), MESSAGES.text("failure.rehearsalsOnly.remedy"));
    }

    static Failure restoreBroke() {
        return new Failure(
                MESSAGES.text("failure.restore"),
                "",
                MESSAGES.text("failure.restore.remedy"),
                "ERROR:  database \"nocobase\" is being accessed by other users\n"
                        + "DETAIL:  There is 1 other session using the database (pid 4711, user reporting, psql).");
    }

    static Failure noRestorePoint(String id) {
        return Failure.of(MESSAGES.text("failure.noRestorePoint", id), MESSAGES.text("failure.noRestorePoint.remedy"));
    }

    static Failure spent(String id) {
        return Failure.of(MESSAGES.text("failure.spent", id), MESSAGES.text("failure.spent.remedy"));
    }

    static Failure balancerAway() {
        return Failure.of(MESSAGES.text("failure.noBalancer"), MESSAGES.text("failure.noBalancer.remedy"));
    }

    static Failure routeRefused() {
        return new Failure(
                MESSAGES.text("failure.route"),
                "",
                MESSAGES.text("failure.route.remedy"),
                "nginx: [emerg] host not found in upstream \"app-3:13000\" in"
                        + " /etc/nginx/procedures/cluster.conf:7\n"
                        + "nginx: configuration file /etc/nginx/nginx.conf test failed");
    }

    static Failure clientsRefused() {
        return Failure.of(MESSAGES.text("failure.badGateway"), MESSAGES.text("failure.badGateway.remedy"));
    }

    static Failure otherRoute(String wanted, String present) {
        return Failure.of(
                MESSAGES.text("failure.otherRoute", present, wanted), MESSAGES.text("failure.otherRoute.remedy"));
    }

    static Failure tidyUpBroke() {
        return Failure.of(MESSAGES.text("failure.tidyUp"), MESSAGES.text("failure.tidyUp.remedy"));
    }
}
