package nocobase.procedures.cluster;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the Docker engine is reached: {@code procedures.clusters.<name>.docker}.
 *
 * @param host {@code unix:///var/run/docker.sock} or {@code tcp://host:2376}
 * @param tlsDirectory folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for TLS, or null
 * @param timeout how long a control call may take
 */
public record DockerSettings(
        @DefaultValue("unix:///var/run/docker.sock") String host,
        Path tlsDirectory,
        @DefaultValue("20s") Duration timeout) {}
