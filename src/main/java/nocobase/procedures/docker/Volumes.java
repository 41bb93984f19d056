package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Volumes that an image declares. */
final class Volumes {

    private Volumes() {}

    /**
     * Covers the image's declared volumes by memory. Otherwise each container of ours would leave an anonymous volume
     * behind, and volumes are never removed.
     */
    static void coverDeclared(JsonNode image, ObjectNode hostConfig) {
        image.path("Config")
                .path("Volumes")
                .fieldNames()
                .forEachRemaining(path -> hostConfig.withObject("/Tmpfs").put(path, ""));
    }
}
