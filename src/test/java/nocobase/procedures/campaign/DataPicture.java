package nocobase.procedures.campaign;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import nocobase.procedures.UpgradeScene;
import nocobase.procedures.docker.DockerScene;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * NocoBase's data by checksum: the rows of each table, sequences, large objects, files. What NocoBase itself writes at each
 * start is left out: its version, its list of migrations and of plugins.
 */
final class DataPicture {

    private static final List<String> OF_EACH_START = List.of("applicationVersion", "applicationPlugins", "migrations");
    private static final DockerClient DOCKER = DockerScene.docker();

    /** Columns of each table. */
    private final Map<String, List<String>> columns;

    private final Map<String, String> checksums;

    private DataPicture(Map<String, List<String>> columns, Map<String, String> checksums) {
        this.columns = columns;
        this.checksums = checksums;
    }

    static DataPicture of(UpgradeScene scene) {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        for (String table : scene.sql("select tablename from pg_tables where schemaname = 'public' order by 1")) {
            if (!OF_EACH_START.contains(table)) {
                columns.put(
                        table,
                        scene.sql("select quote_ident(attname) from pg_attribute where attrelid = 'public.\"" + table
                                + "\"'::regclass and attnum > 0 and not attisdropped order by attnum"));
            }
        }
        return new DataPicture(columns, checksums(scene, columns));
    }

    /** What of this picture is not there any more, or is different; more of anything is no loss. */
    List<String> lossesIn(UpgradeScene scene) {
        Map<String, String> now;
        try {
            now = checksums(scene, columns);
        } catch (IllegalStateException e) {
            return List.of("the data cannot be read as they were: " + e.getCause());
        }
        return checksums.entrySet().stream()
                .filter(before -> !before.getValue().equals(now.get(before.getKey())))
                .map(before -> before.getKey() + ": was " + before.getValue() + ", is " + now.get(before.getKey()))
                .toList();
    }

    int size() {
        return checksums.size();
    }

    private static Map<String, String> checksums(UpgradeScene scene, Map<String, List<String>> columns) {
        Map<String, String> sums = new TreeMap<>();
        columns.forEach((table, names) -> sums.put("rows of " + table, rows(scene, table, names)));
        sequences(scene).forEach(line -> sums.put("sequence " + line.split("=")[0], line));
        scene.sql("select oid || '=' || md5(lo_get(oid)) from pg_largeobject_metadata")
                .forEach(line -> sums.put("large object " + line.split("=")[0], line));
        sums.putAll(files(scene));
        return sums;
    }

    private static String rows(UpgradeScene scene, String table, List<String> names) {
        String row = "md5(row(" + String.join(", ", names) + ")::text)";
        return scene.sql("select count(*) || ' rows ' || coalesce(md5(string_agg(" + row + ", '' order by " + row
                        + ")), '') from public.\"" + table + "\"")
                .get(0);
    }

    private static List<String> sequences(UpgradeScene scene) {
        return scene
                .sql("select sequencename || '=' || coalesce(last_value::text, 'unused') from pg_sequences"
                        + " where schemaname = 'public'")
                .stream()
                .filter(line -> OF_EACH_START.stream().noneMatch(line::startsWith))
                .toList();
    }

    /** Read from the volume through a node's container, running or not. */
    private static Map<String, String> files(UpgradeScene scene) {
        List<String> left = new ArrayList<>(List.of("logs", "tmp"));
        Map<String, String> files = new TreeMap<>();
        try (InputStream archive = DOCKER.copyArchiveFromContainerCmd(scene.docker.node(1), "/app/nocobase/storage")
                        .exec();
                TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            for (TarArchiveEntry entry = tar.getNextTarEntry(); entry != null; entry = tar.getNextTarEntry()) {
                String name = entry.getName().replaceFirst("^storage/", "");
                if (entry.isFile() && !name.startsWith(".replaced-") && !left.contains(name.split("/")[0])) {
                    files.put("file " + name, DigestUtils.sha256Hex(tar));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    @Override
    public String toString() {
        return checksums.keySet().stream().collect(Collectors.joining(", "));
    }
}
