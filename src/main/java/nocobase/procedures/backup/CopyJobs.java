package nocobase.procedures.backup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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

    /** Where another cluster's volume is attached, to read only. */
    private static final String OTHER_VOLUME = "/other-restore-points";

    private static final String DURABLE_COPY = "/procedures/durable-copy.sh";
    private static final String PASS_FILE = "/procedures/pgpass";
    private static final String ARCHIVE = "/procedures/archive-storage.sh";
    private static final Map<String, String> SCHEMA_ONLY = Map.of("SCHEMA_ONLY", "yes");
    private static final String ROOT_CERTIFICATE = "/procedures/root.crt";
    private static final String PLACES = "/procedures/places.sh";

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
        arguments.addAll(folders());
        return job(
                storageName(operation.value()),
                "archive-storage.sh",
                arguments,
                Map.of("/procedures/nodes.json", nodes, PLACES, Scripts.read("places.sh")),
                firstNode + ":ro",
                "none");
    }

    static String storageName(String restorePoint) {
        return restorePoint + "-storage";
    }

    static String dumpName(String restorePoint) {
        return restorePoint + "-dump";
    }

    static String trialName(String restorePoint) {
        return restorePoint + "-trial";
    }

    static String rereadName(String restorePoint) {
        return restorePoint + "-reread";
    }

    static String packName(String restorePoint) {
        return restorePoint + "-pack";
    }

    static String receiveName(String restorePoint) {
        return restorePoint + "-receive";
    }

    static String sendName(String restorePoint) {
        return restorePoint + "-send";
    }

    static String sealName(String restorePoint) {
        return restorePoint + "-seal";
    }

    /** Names of the jobs that make a durable copy. */
    static List<String> makingOf(String restorePoint) {
        return List.of(dumpName(restorePoint), sealName(restorePoint));
    }

    /** Names of all jobs that work on a restore point, and that it must not be removed under. */
    static List<String> worksOn(String restorePoint) {
        return List.of(
                storageName(restorePoint),
                dumpName(restorePoint),
                sealName(restorePoint),
                rereadName(restorePoint),
                packName(restorePoint),
                trialName(restorePoint),
                sendName(restorePoint),
                receiveName(restorePoint));
    }

    /** @param plain where clones stay until the copy is packed, it may be made in the quickest way */
    DataJob dump(
            StoredRestorePoint point,
            List<String> databases,
            String firstNode,
            DatabaseServer.Facts facts,
            boolean plain) {
        Map<String, String> environment = plain ? Map.of("PLAIN", "yes") : Map.of();
        return dump(point, databases, firstNode, facts.port(), restoredOnce(point, facts), environment);
    }

    /** Where the schema of a durable copy is restored before it is called verified. */
    private static Map<String, String> restoredOnce(StoredRestorePoint point, DatabaseServer.Facts facts) {
        List<String> scratch = point.scratch();
        Map<String, String> files = newDatabases(point, scratch, facts);
        files.put(
                "/procedures/into",
                scratch.stream().map(name -> Sql.connectionTo(name) + "\n").collect(Collectors.joining()));
        return files;
    }

    /** The dump of databases that nodes are using, with the storage that belongs to them. */
    DataJob dumpOnline(
            StoredRestorePoint point,
            List<String> databases,
            String firstNode,
            DatabaseServer.Facts facts,
            String nodes) {
        Map<String, String> files = restoredOnce(point, facts);
        files.put("/procedures/nodes.json", nodes);
        files.put(ARCHIVE, Scripts.read("archive-storage.sh"));
        files.put("/procedures/folders", String.join("\n", folders()) + "\n");
        return dump(point, databases, firstNode, facts.port(), files, Map.of("ONLINE", "yes"));
    }

    /** The dump of the schema alone, of databases that nodes are using. */
    DataJob dumpSchema(StoredRestorePoint dryRun, String firstNode, DatabaseServer.Facts facts) {
        List<String> databases =
                dryRun.databases().stream().map(CoveredDatabase::name).toList();
        return dump(dryRun, databases, firstNode, facts.port(), Map.of(), SCHEMA_ONLY);
    }

    /** What {@link #dumpSchema} made goes at its end. */
    DataJob restoreSchema(StoredRestorePoint dryRun, List<String> into, DatabaseServer.Facts facts) {
        return onDatabase(
                dryRun.id() + "-restore",
                "restore-dump.sh",
                restoring(dryRun, into),
                newDatabases(dryRun, into, facts),
                null,
                facts.port(),
                SCHEMA_ONLY);
    }

    /** Archives a tree made for it and puts it back, in the volumes themselves. */
    DataJob dryRunOfStorage(String id, String firstNode) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("/procedures/nodes.json", "[]");
        List.of("places.sh", "put-aside.sh", "archive-storage.sh", "restore-storage.sh")
                .forEach(script -> files.put("/procedures/" + script, Scripts.read(script)));
        List<String> arguments = List.of(directory(id) + "-tree", StorageFolders.PATH);
        return job(id + "-tree", "dry-run-storage.sh", arguments, files, firstNode, "none");
    }

    private DataJob dump(
            StoredRestorePoint point,
            List<String> databases,
            String firstNode,
            int serverPort,
            Map<String, String> further,
            Map<String, String> environment) {
        List<String> arguments = new ArrayList<>(List.of(directory(point.id()), StorageFolders.PATH));
        arguments.addAll(databases);
        Map<String, String> files = new LinkedHashMap<>(further);
        files.put("/procedures/expected.sql", Scripts.read("expected.sql"));
        files.put("/procedures/counted.sql", Scripts.read("counted.sql"));
        List.of("count-rows.sql", "sums.sh", "places.sh")
                .forEach(script -> files.put("/procedures/" + script, Scripts.read(script)));
        return onDatabase(
                dumpName(point.id()), "dump.sh", arguments, files, firstNode + ":ro", serverPort, environment);
    }

    DataJob seal(String restorePoint, String manifest) {
        return job(
                sealName(restorePoint),
                "seal.sh",
                List.of(directory(restorePoint)),
                Map.of("/procedures/manifest.json", manifest),
                null,
                "none");
    }

    /** @param into by number in the directory, the new database's name */
    DataJob restoreDump(Restoral restoral, StoredRestorePoint point, List<String> into, DatabaseServer.Facts facts) {
        return onDatabase(
                restoral.dumpJob(),
                "restore-dump.sh",
                restoring(point, into),
                newDatabases(point, into, facts),
                null,
                facts.port(),
                ownership(point));
    }

    /** @param into by number in the directory, the scratch database's name */
    DataJob trial(StoredRestorePoint point, List<String> into, DatabaseServer.Facts facts) {
        Map<String, String> files = newDatabases(point, into, facts);
        files.put("/procedures/count-rows.sql", Scripts.read("count-rows.sql"));
        return onDatabase(
                trialName(point.id()), "trial.sh", restoring(point, into), files, null, facts.port(), ownership(point));
    }

    private static Map<String, String> newDatabases(
            StoredRestorePoint point, List<String> names, DatabaseServer.Facts facts) {
        StringBuilder drop = new StringBuilder();
        StringBuilder create = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            // Ours alone and without value: an earlier attempt was cut off in it.
            String dropping = TraitsSql.dropFreshly(names.get(i), facts.version()) + ";\n";
            drop.append(dropping);
            create.append(dropping)
                    .append(TraitsSql.createEmpty(
                            names.get(i), point.databases().get(i).traits(), facts.version()))
                    .append(";\n");
        }
        Map<String, String> files = new LinkedHashMap<>();
        files.put("/procedures/drop.sql", drop.toString());
        files.put("/procedures/create.sql", create.toString());
        files.put(DURABLE_COPY, Scripts.read("durable-copy.sh"));
        return files;
    }

    private List<String> restoring(StoredRestorePoint point, List<String> into) {
        List<String> arguments =
                new ArrayList<>(List.of(directory(point.id()), point.copy().sha256()));
        for (int i = 0; i < into.size(); i++) {
            arguments.add(String.valueOf(i + 1));
            arguments.add(Sql.connectionTo(into.get(i)));
        }
        return arguments;
    }

    /** What another cluster's roles own there belongs to this cluster's role here. */
    private Map<String, String> ownership(StoredRestorePoint point) {
        return point.received() ? Map.of("RESTORE_AS", settings.database().user()) : Map.of();
    }

    DataJob restoreStorage(Restoral restoral, StoredRestorePoint point, String firstNode) {
        return storageBack(restoral.storageJob(), restoral, point, firstNode, Map.of());
    }

    /** Whether all that putting the storage back needs is there; touches nothing. */
    DataJob lookAtStorage(Restoral restoral, StoredRestorePoint point, String firstNode) {
        return storageBack(restoral.storageLook(), restoral, point, firstNode, Map.of("LOOK", "yes"));
    }

    private DataJob storageBack(
            String name,
            Restoral restoral,
            StoredRestorePoint point,
            String firstNode,
            Map<String, String> environment) {
        List<String> arguments = new ArrayList<>(
                List.of(directory(point.id()), point.storage().sha256(), StorageFolders.PATH, restoral.folder()));
        arguments.addAll(StorageFolders.replacedBy(point, folders()));
        Map<String, String> files =
                Map.of(PLACES, Scripts.read("places.sh"), "/procedures/put-aside.sh", Scripts.read("put-aside.sh"));
        return describe(name, "restore-storage.sh", arguments, environment, files, firstNode, "none");
    }

    /** What of the storage is archived while the nodes stand still. */
    private List<String> folders() {
        return StorageFolders.archived(settings.restorePoints().folders());
    }

    DataJob removeReplaced(String firstNode, List<String> folders) {
        List<String> arguments = new ArrayList<>(List.of(StorageFolders.PATH));
        arguments.addAll(folders);
        return job(
                "procedures-" + cluster + "-remove-replaced",
                "remove-replaced.sh",
                arguments,
                Map.of(),
                firstNode,
                "none");
    }

    /**
     * Takes over another cluster's durable copy and checks it.
     *
     * @param volume the other cluster's volume, if it is on this very host; null if the copy was carried here
     * @param directory where the copy is in that volume
     */
    DataJob receive(StoredRestorePoint point, String volume, String directory) {
        String from = volume == null ? "-" : directory.replaceFirst("^" + VOLUME, OTHER_VOLUME);
        DataJob job = job(
                receiveName(point.id()),
                "receive.sh",
                List.of(from, directory(point.id()), point.copy().sha256()),
                Map.of(DURABLE_COPY, Scripts.read("durable-copy.sh")),
                null,
                "none");
        return volume == null ? job : with(job, volume + ":" + OTHER_VOLUME + ":ro");
    }

    /** A container that just stays, for files to be read from and written to the volume. */
    DataJob stay(String name) {
        return job(name, "stay.sh", List.of(), Map.of(), null, "none");
    }

    private static DataJob with(DataJob job, String mount) {
        List<String> mounts = new ArrayList<>(job.mounts());
        mounts.add(mount);
        return new DataJob(
                job.name(),
                job.image(),
                job.like(),
                job.command(),
                job.environment(),
                job.files(),
                mounts,
                job.volumesFrom(),
                job.network());
    }

    /** Whether the durable copy still is what was recorded; and, a plain one, what the clones say a second time. */
    DataJob reread(StoredRestorePoint point, int serverPort) {
        List<String> arguments = new ArrayList<>(List.of(
                directory(point.id()), point.storage().sha256(), point.copy().sha256()));
        arguments.addAll(point.clones());
        Map<String, String> files = new LinkedHashMap<>();
        files.put(DURABLE_COPY, Scripts.read("durable-copy.sh"));
        List.of("tell-again.sql", "told.sh", "sums.sh")
                .forEach(script -> files.put("/procedures/" + script, Scripts.read(script)));
        return onDatabase(rereadName(point.id()), "check-copy.sh", arguments, files, null, serverPort, Map.of());
    }

    /** Compresses a durable copy that was made plain; one that is compressed it leaves alone. */
    DataJob pack(StoredRestorePoint point) {
        return job(
                packName(point.id()),
                "pack.sh",
                List.of(directory(point.id())),
                Map.of(
                        "/procedures/sums.sh", Scripts.read("sums.sh"),
                        "/procedures/pack-files.sh", Scripts.read("pack-files.sh")),
                null,
                "none");
    }

    /**
     * Has what the archive of the storage will have, for which it stands, and like that no network: the way to the database is gone
     * by the dump of the dry run, whose job is the real one's.
     */
    DataJob check(String firstNode) {
        List<String> arguments = new ArrayList<>(List.of(VOLUME, StorageFolders.PATH));
        arguments.addAll(folders());
        return job(
                "procedures-" + cluster + "-check",
                "check-volume.sh",
                arguments,
                Map.of(PLACES, Scripts.read("places.sh")),
                firstNode == null ? null : firstNode + ":ro",
                "none");
    }

    DataJob remove(List<String> ids) {
        List<String> arguments = new ArrayList<>(List.of(VOLUME + "/" + cluster));
        arguments.addAll(ids);
        return job("procedures-" + cluster + "-remove", "remove.sh", arguments, Map.of(), null, "none");
    }

    private DataJob onDatabase(
            String name,
            String script,
            List<String> arguments,
            Map<String, String> files,
            String volumesFrom,
            int serverPort,
            Map<String, String> further) {
        DatabaseSettings database = settings.database();
        boolean beside = database.container() != null && !database.container().isBlank();
        Map<String, String> environment = new LinkedHashMap<>(further);
        environment.put("PGHOST", beside ? "127.0.0.1" : database.host());
        if (beside) {
            // Nothing leaves the machine: encrypting gigabytes would only take time.
            environment.put("PGSSLMODE", "allow");
            environment.put("PGGSSENCMODE", "disable");
        }
        environment.put("PGPORT", String.valueOf(beside ? serverPort : database.port()));
        environment.put("PGUSER", server.role());
        environment.put("ADMINISTER", Sql.connectionTo(server.administration()));
        environment.put("PGPASSFILE", PASS_FILE);
        environment.put("PGAPPNAME", DatabaseServer.APPLICATION + " " + name);
        environment.put("PGCONNECT_TIMEOUT", "10");
        Map<String, String> all = new LinkedHashMap<>(files);
        if (!beside) {
            encrypt(database, environment, all);
        }
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

    /** As the engine's own sessions are. */
    private static void encrypt(DatabaseSettings database, Map<String, String> environment, Map<String, String> files) {
        Map<String, String> tls = database.tls();
        if (tls.containsKey("sslmode")) {
            environment.put("PGSSLMODE", tls.get("sslmode"));
        }
        if (tls.containsKey("sslrootcert")) {
            try {
                files.put(ROOT_CERTIFICATE, Files.readString(Path.of(tls.get("sslrootcert"))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            environment.put("PGSSLROOTCERT", ROOT_CERTIFICATE);
        }
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
        return DataJob.NODES_NETWORKS;
    }
}
