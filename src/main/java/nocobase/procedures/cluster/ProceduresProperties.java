package nocobase.procedures.cluster;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Pattern;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The configured clusters, by name.
 *
 * @param clusters {@code procedures.clusters.<name>}; a name is a lower-case letter followed by up to 23 lower-case
 *     letters, digits and hyphens (it becomes part of container and database names)
 */
@Validated
@ConfigurationProperties("procedures")
public record ProceduresProperties(
        @Valid @SeparateClusters
        Map<
                        @Pattern(regexp = "[a-z][a-z0-9-]{0,23}", message = "{cluster.settings.clusterName}") String,
                        @Valid ClusterSettings>
                clusters) {

    public ProceduresProperties {
        clusters = clusters == null ? Map.of() : new TreeMap<>(clusters);
    }
}
