package nocobase.procedures.cluster;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The nginx in front of the cluster: {@code procedures.clusters.<name>.balancer}.
 *
 * @param container nginx's container
 * @param directory folder in that container, on a volume, which nginx's own configuration includes; the engine writes its
 *     files there and nowhere else
 * @param url where the engine reaches the balancer to prove a route as a client does
 * @param publicUrl where people's browsers reach the balancer (the private link is made from it); {@code url} if absent
 * @param serverNames value of {@code server_name} for the cluster's server block
 * @param listen value of {@code listen} for the cluster's server block
 */
public record BalancerSettings(
        @NotBlank(message = "{cluster.settings.balancerContainer}")
        String container,

        @DefaultValue("/etc/nginx/procedures") String directory,

        @NotNull(message = "{cluster.settings.balancerUrl}") URI url,

        URI publicUrl,
        @DefaultValue("_") String serverNames,
        @DefaultValue("80") String listen) {

    public URI shownUrl() {
        return publicUrl == null ? url : publicUrl;
    }
}
