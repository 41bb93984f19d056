package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import nocobase.procedures.cluster.Version;

/**
 * NocoBase's version, read from the package itself. A tag is only what somebody called an image. Where the package is:
 * docker/nocobase/Dockerfile of nocobase/nocobase, "COPY … /app/nocobase/".
 */
final class PackageVersions {

    private static final String PACKAGE = "/app/nocobase/node_modules/@nocobase/server/package.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String cluster;
    private final DockerEngine engine;
    private final Archives archives;
    private final Map<String, Optional<Version>> ofImages = new ConcurrentHashMap<>();
    /** By container and start: an application that was updated inside its container is another one after its restart. */
    private final Map<String, Optional<Version>> ofContainers = new ConcurrentHashMap<>();

    PackageVersions(String cluster, DockerEngine engine, Archives archives) {
        this.cluster = cluster;
        this.engine = engine;
        this.archives = archives;
    }

    /** The version that the container runs: its package's, else its tag's. */
    Optional<Version> of(NodeContainer container) {
        return ofContainers
                .computeIfAbsent(container.id() + " " + container.startedAt(), key -> read(container.id()))
                .or(() -> Version.tryParse(tag(container.image())));
    }

    /** The version of the package in the image; empty if the image holds none. */
    Optional<Version> of(JsonNode image) {
        return ofImages.computeIfAbsent(image.path("Id").asText(), id -> readImage(image));
    }

    private Optional<Version> read(String container) {
        return archives.read(container, PACKAGE).flatMap(PackageVersions::version);
    }

    private static Optional<Version> version(byte[] packageJson) {
        try {
            return Version.tryParse(JSON.readTree(packageJson).path("version").asText());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** An image's files are seen through a container only: one that is never started. */
    private Optional<Version> readImage(JsonNode image) {
        String id = image.path("Id").asText();
        String probe = cluster + "-probe-" + id.replaceFirst("^sha256:", "").substring(0, 12);
        try {
            engine.post("/containers/create?name=" + DockerEngine.encoded(probe), probe(id, image));
        } catch (ConflictException e) {
            // Left by a crash, or made by another process this moment: the same image either way.
        }
        try {
            return read(probe);
        } finally {
            remove(probe);
        }
    }

    private ObjectNode probe(String id, JsonNode image) {
        ObjectNode probe = JSON.createObjectNode();
        probe.put("Image", id);
        probe.putArray("Entrypoint").add("never-started");
        probe.putObject("Labels").put(Marks.CLUSTER, cluster).put(Marks.ROLE, "probe");
        ObjectNode host = probe.putObject("HostConfig");
        host.put("NetworkMode", "none");
        Volumes.coverDeclared(image, host);
        return probe;
    }

    private void remove(String probe) {
        try {
            engine.control().removeContainerCmd(probe).exec();
        } catch (NotFoundException | ConflictException e) {
            // removed, or being removed, by another process
        }
    }

    private static String tag(String reference) {
        return reference.substring(reference.lastIndexOf(':') + 1);
    }
}
