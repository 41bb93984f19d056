package nocobase.procedures.backup;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.OperationId;

/**
 * The one-off jobs, as data. All run in the database's own image (its client tools fit its server), see the volume for
 * durable copies at {@value #VOLUME}, and get passwords by a pgpass file only.
 */
final class CopyJobs {

    static final String VOLUME = "/restore-points";

    private static final String PASS_FILE = "/procedures/pgpass";

    private final String cluster;
    private final ClusterSettings settings;
    private final DatabaseServer server;

    CopyJobs(String cluster, ClusterSettings settings, DatabaseServer server) {
        this.cluster = cluster;
        this.settings = settings;
        this.server = server;
    }

    /** Where a restore point's durable copy is, as the jobs see it. */
    String directory(String id) {
        return VOLUME + "/" + cluster + "/" + id;
    }

    /** @param nodes the nodes' full definitions, which hold secrets: they go into a file of root's alone */
    DataJob archiveStorage(OperationId operation, String firstNode, String nodes) {
        List<String> arguments = new ArrayList<>(List.of(directory(operation.value()), StorageFolders.PATH));
        arguments.addAll(StorageFolders.CHANGED_BY_START);
        return job(
                operation + "-storage",
                "archive-storage.sh",
                arguments,
                Map.of("/procedures/nodes.json", nodes),
                firstNode + ":ro",
                "none");
    }

    static String dumpName(String restorePoint) {
        return restorePoint + "-dump";
    }

    DataJob dump(OperationId operation, List<String> databases, String firstNode, int serverPort) {
        List<String> arguments = new ArrayList<>(List.of(directory(operation.value()), StorageFolders.PATH));
        arguments.addAll(databases);
        Map<String, String> files = new LinkedHashMap<>();
        files.put("/procedures/expected.sql", Scripts.read("expected.sql"));
        files.put("/procedures/counted.sql", Scripts.read("counted.sql"));
        return onDatabase(dumpName(operation.value()), "dump.sh", arguments, files, firstNode + ":ro", serverPort);
    }

    DataJob seal(String restorePoint, String manifest) {
        return job(
                restorePoint + "-seal",
                "seal.sh",
                List.of(directory(restorePoint)),
                Map.of("/procedures/manifest.json", manifest),
                null,
                "none");
    }

    /** @param into by number in the directory, the new database's name */
    DataJob restoreDump(
            OperationId operation, StoredRestorePoint point, String createSql, List<String> into, int serverPort) {
        List<String> arguments =
                new ArrayList<>(List.of(directory(point.id()), point.copy().sha256()));
        for (int i = 0; i < into.size(); i++) {
            arguments.add(String.valueOf(i + 1));
            arguments.add(Sql.connectionTo(into.get(i)));
        }
        return onDatabase(
                restoreDumpName(operation),
                "restore-dump.sh",
                arguments,
                Map.of("/procedures/create.sql", createSql),
                null,
                serverPort);
    }

    static String restoreDumpName(OperationId operation) {
        return operation + "-restore";
    }

    DataJob restoreStorage(OperationId operation, StoredRestorePoint point, String firstNode) {
        List<String> arguments = new ArrayList<>(List.of(
                directory(point.id()), point.storage().sha256(), StorageFolders.PATH, replacedFolder(operation)));
        arguments.addAll(StorageFolders.CHANGED_BY_START);
        return job(operation + "-storage-back", "restore-storage.sh", arguments, Map.of(), firstNode, "none");
    }

    /** What a restore replaced in the storage is kept there under this name. */
    static String replacedFolder(OperationId operation) {
        return ".replaced-" + operation.shortId();
    }

    DataJob check(String firstNode) {
        return job(
                "procedures-" + cluster + "-check",
                "check-volume.sh",
                List.of(VOLUME, StorageFolders.PATH),
                Map.of(),
                firstNode == null ? null : firstNode + ":ro",
                "none");
    }

    DataJob remove(String name, List<String> ids) {
        List<String> arguments = new ArrayList<>(List.of(VOLUME + "/" + cluster));
        arguments.addAll(ids);
        return job(name, "remove.sh", arguments, Map.of(), null, "none");
    }

    private DataJob onDatabase(
            String name,
            String script,
            List<String> arguments,
            Map<String, String> files,
            String volumesFrom,
            int serverPort) {
        DatabaseSettings database = settings.database();
        boolean beside = database.container() != null && !database.container().isBlank();
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PGHOST", beside ? "127.0.0.1" : database.host());
        environment.put("PGPORT", String.valueOf(beside ? serverPort : database.port()));
        environment.put("PGUSER", server.role());
        environment.put("PGPASSFILE", PASS_FILE);
        environment.put("PGAPPNAME", DatabaseServer.APPLICATION + " " + name);
        environment.put("PGCONNECT_TIMEOUT", "10");
        Map<String, String> all = new LinkedHashMap<>(files);
        all.put(PASS_FILE, "*:*:*:" + Sql.passField(server.role()) + ":" + Sql.passField(server.password()) + "\n");
        return describe(
                name,
                script,
                arguments,
                environment,
                all,
                volumesFrom,
                beside ? "container:" + database.container() : network(database));
    }

    private DataJob job(
            String name,
            String script,
            List<String> arguments,
            Map<String, String> files,
            String volumesFrom,
            String network) {
        return describe(name, script, arguments, Map.of(), files, volumesFrom, network);
    }

    private DataJob describe(
            String name,
            String script,
            List<String> arguments,
            Map<String, String> environment,
            Map<String, String> files,
            String volumesFrom,
            String network) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", Scripts.read(script), script));
        command.addAll(arguments);
        return new DataJob(
                name,
                settings.database().toolsImage(),
                settings.database().container(),
                command,
                environment,
                files,
                List.of(settings.restorePoints().volume() + ":" + VOLUME),
                volumesFrom,
                network);
    }

    /** A server on this very machine is reached through the host's own network, any other from the nodes'. */
    private String network(DatabaseSettings database) {
        if (database.host().equals("localhost") || database.host().startsWith("127.")) {
            return "host";
        }
        String nodes = settings.nodes() == null ? null : settings.nodes().network();
        return nodes == null ? "bridge" : nodes;
    }
}
