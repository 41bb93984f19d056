package nocobase.procedures.cluster;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the Docker engine is reached, or the engines of several hosts: {@code procedures.clusters.<name>.docker}.
 *
 * @param host {@code unix:///var/run/docker.sock} or {@code tcp://host:2376}; not used where {@code hosts} are given
 * @param tlsDirectory folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for TLS, or null
 * @param timeout how long a control call may take
 * @param hosts the Docker hosts of a cluster whose nodes are on several, by a name for each
 */
public record DockerSettings(
        @DefaultValue("unix:///var/run/docker.sock") String host,
        Path tlsDirectory,
        @DefaultValue("20s") Duration timeout,

        @DefaultValue
        Map<@Pattern(regexp = "[a-z0-9][a-z0-9-]{0,31}", message = "{cluster.settings.hostName}") String, @Valid Host>
                hosts) {

    /**
     * One of several Docker hosts: {@code docker.hosts.<host>}.
     *
     * @param url {@code unix:///var/run/docker.sock} or {@code tcp://host:2376}
     * @param tlsDirectory folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for TLS, or null
     * @param address where ports are reached that its containers publish; the host in {@code url} if absent
     */
    public record Host(
            @NotBlank(message = "{cluster.settings.hostUrl}")
            String url,

            Path tlsDirectory,
            String address) {}
}
