package nocobase.procedures.cluster;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotBlank;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which containers are the nodes: {@code procedures.clusters.<name>.nodes}. All given selectors must fit.
 *
 * @param labels labels that every node bears, and no other container
 * @param composeProject Docker Compose project of the nodes
 * @param composeServices Docker Compose services of the project that are nodes
 * @param image the image reference of a version; {@code {version}} stands for the version, for example
 *     {@code nocobase/nocobase:{version}}
 * @param port where NocoBase listens in the container
 * @param network the Docker network on which the engine reaches the nodes; the first one if absent
 * @param stopGrace how long an application may take to stop by itself before its container is killed
 */
public record NodesSettings(
        @DefaultValue Map<String, String> labels,
        String composeProject,
        @DefaultValue java.util.Set<String> composeServices,

        @NotBlank(message = "{cluster.settings.image}") String image,

        @DefaultValue("13000") int port,
        String network,
        @DefaultValue("30s") Duration stopGrace) {

    public String imageOf(Version version) {
        return image.replace("{version}", version.toString());
    }

    @AssertTrue(message = "{cluster.settings.selector}")
    public boolean isSelective() {
        return !labels.isEmpty() || (composeProject != null && !composeProject.isBlank());
    }

    @AssertTrue(message = "{cluster.settings.imageVersion}")
    public boolean isVersioned() {
        return image == null || image.contains("{version}");
    }
}
