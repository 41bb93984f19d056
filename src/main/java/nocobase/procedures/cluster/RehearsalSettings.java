package nocobase.procedures.cluster;

import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A simulated cluster: {@code procedures.clusters.<name>.rehearsal}.
 *
 * @param nodes how many nodes it has
 * @param version the version it starts with
 * @param timeScale how many times faster than reality its clock runs; 1 is a real cluster's pace
 */
public record RehearsalSettings(
        @DefaultValue("3")
        @Min(value = 0, message = "{cluster.settings.rehearsalNodes}")
        @Max(value = 32, message = "{cluster.settings.rehearsalNodes}")
        int nodes,

        @DefaultValue("2.2.15") String version,

        @DefaultValue("1") @DecimalMin(value = "0.01", message = "{cluster.settings.rehearsalTimeScale}")
        double timeScale) {}
