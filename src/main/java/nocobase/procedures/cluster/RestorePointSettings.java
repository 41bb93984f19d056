package nocobase.procedures.cluster;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Restore points of a cluster: {@code procedures.clusters.<name>.restore-points}.
 *
 * @param volume Docker volume (or host directory, if it begins with a slash) that keeps the durable copies
 * @param keep how many restore points are kept; the newest good one is never removed
 * @param mode when the durable copy is made
 * @param folders further folders of the storage that belong to a restore point
 */
public record RestorePointSettings(
        @NotBlank(message = "{cluster.settings.restorePointsVolume}")
        String volume,

        @DefaultValue("3") @Min(value = 1, message = "{cluster.settings.restorePointsKeep}")
        int keep,

        @DefaultValue("clone-then-dump") Mode mode,

        @DefaultValue
        List<
                        @Pattern(
                                regexp = "[\\p{Alnum}_.@][\\p{Alnum}_.@-]*",
                                message = "{cluster.settings.restorePointsFolders}")
                        String>
                folders) {

    /** When the durable copy is made. */
    public enum Mode {
        /** Clone in the downtime, dump from the clone while the first node starts: the shortest downtime. */
        CLONE_THEN_DUMP,
        /** Dump in the downtime, no clone: where the disk has no room for a second copy of the database. */
        DUMP_FIRST
    }
}
