package nocobase.procedures.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The description that lies beside a durable copy, so that it can be understood and restored without this engine. Holds no
 * secret.
 */
final class Manifest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .findAndAddModules()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private Manifest() {}

    static String of(String cluster, StoredRestorePoint point) {
        StoredRestorePoint.Copy copy = point.copy();
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("format", 1);
        manifest.put("cluster", cluster);
        manifest.put("id", point.id());
        manifest.put("takenAt", point.takenAt());
        manifest.put("nocobase", point.version());
        manifest.put("server", point.serverVersion());
        manifest.put("client", copy.clientVersion());
        manifest.put("verifiedAt", copy.verifiedAt());
        manifest.put("sha256OfSHA256SUMS", copy.sha256());
        manifest.put("bytes", copy.size());
        manifest.put("receivedFrom", point.origin());
        manifest.put("storage", point.storage());
        manifest.put("enabledPlugins", point.plugins());
        manifest.put("databases", databases(point));
        manifest.put("nodes", point.nodes());
        try {
            return JSON.writeValueAsString(manifest);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The manifest of " + point.id() + " cannot be written", e);
        }
    }

    private static List<Map<String, Object>> databases(StoredRestorePoint point) {
        List<Map<String, Object>> databases = new ArrayList<>();
        for (CoveredDatabase database : point.databases()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("directory", "database-" + (databases.size() + 1));
            entry.put("rowsOfEachTable", "database-" + (databases.size() + 1) + ".rows");
            entry.put("name", database.name());
            entry.put("bytes", database.size());
            entry.put("traits", database.traits());
            databases.add(entry);
        }
        return databases;
    }
}
