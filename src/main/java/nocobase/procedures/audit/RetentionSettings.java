package nocobase.procedures.audit;

import jakarta.validation.constraints.AssertTrue;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How long records of procedures are kept: {@code procedures.retention}. Restore points have a retention of their own.
 *
 * @param evidence the evidence packs, and how long clients were without service; at least as long as the details
 * @param details each step, answer and remark of a procedure that ended, which Cockpit shows and of which its pack was made;
 *     in whole days, at least one
 */
@Validated
@ConfigurationProperties("procedures.retention")
public record RetentionSettings(
        @DefaultValue("3650d") Duration evidence,

        @DefaultValue("180d") @DurationMin(days = 1, message = "{audit.settings.details}")
        Duration details) {

    @AssertTrue(message = "{audit.settings.evidence}")
    boolean isEvidenceKeptAsLong() {
        return evidence.compareTo(details) >= 0;
    }
}
