package nocobase.procedures.embedded;

import java.nio.file.Path;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The embedded PostgreSQL: {@code procedures.embedded}. Used only where {@code spring.datasource.url} is not set.
 *
 * @param directory where its data is kept between runs
 * @param keep {@code false}: an empty database in a temporary directory that is removed at the end, for tests
 * @param programs where PostgreSQL's programs are unpacked, if not beside the data; may be shared
 * @param timeout how long the server may take to start (after a crash it recovers first) or to stop
 */
@Validated
@ConfigurationProperties("procedures.embedded")
record EmbeddedProperties(
        @DefaultValue("data/postgres") Path directory,
        @DefaultValue("true") boolean keep,
        Path programs,
        @DefaultValue("60s") Duration timeout) {}
