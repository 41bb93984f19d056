package nocobase.procedures.cluster;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * When a person is asked before this engine goes on: {@code procedures.fence}.
 *
 * @param gap how long it may have been away in the middle of a procedure and go on by itself; at least one minute
 */
@Validated
@ConfigurationProperties("procedures.fence")
public record FenceSettings(
        @DefaultValue("30m") @DurationMin(minutes = 1, message = "{cluster.settings.gap}")
        Duration gap) {}
