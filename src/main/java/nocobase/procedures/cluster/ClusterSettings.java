package nocobase.procedures.cluster;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * One cluster: {@code procedures.clusters.<name>}.
 *
 * @param runtime where its nodes run: {@code docker}, or {@code rehearsal} for a simulation
 * @param label how people call it in lists and forms; the name if absent
 * @param policies per procedure ({@code version-upgrade}, …): {@code allowed}, {@code approval}, {@code prohibited};
 *     {@code approval} where nothing is said, because the documentation warns of these procedures in production
 * @param installTimeout how long the first node may take to install or upgrade
 * @param joinTimeout how long each of the other nodes may take to become ready
 * @param stopTimeout how long all nodes together may take to stop
 * @param backupTimeout how long a clone or a durable copy may take
 * @param pullTimeout how long the target image may take to arrive
 * @param answerTimeout how long a decision or a verification may wait for its answer before managers are asked too
 * @param drain how long requests that are under way may take to finish after the balancer stopped sending new ones to a
 *     node, before the node stops; zero or more
 * @param traffic when clients are let in again at the end of a version upgrade
 * @param requiredPlugins plugins without which the cluster does not go into service, by short or package name; a first start
 *     enables them where they are not
 * @param pluginRegistry where plugins named {@code package@version} are fetched from; absent: only addresses and files are
 *     taken
 */
public record ClusterSettings(
        @NotNull(message = "{cluster.settings.runtime}") Kind runtime,

        String label,

        @DefaultValue
        Map<@Pattern(regexp = PROCEDURES, message = "{cluster.settings.procedure}") String, Policy> policies,

        @DefaultValue("600s") Duration installTimeout,
        @DefaultValue("300s") Duration joinTimeout,
        @DefaultValue("120s") Duration stopTimeout,
        @DefaultValue("4h") Duration backupTimeout,
        @DefaultValue("1h") Duration pullTimeout,
        @DefaultValue("15m") Duration answerTimeout,

        @DefaultValue("30s") @DurationMin(message = "{cluster.settings.drain}")
        Duration drain,

        @DefaultValue("after-all-nodes") Traffic traffic,

        @DefaultValue
        Set<@Pattern(regexp = PluginChange.NAME, message = "{cluster.settings.requiredPlugin}") String> requiredPlugins,

        @Pattern(
                regexp = "https?://[A-Za-z0-9.-]+(:\\d{1,5})?(/[A-Za-z0-9._~-]+)*/?",
                message = "{cluster.settings.pluginRegistry}")
        String pluginRegistry,

        @Valid @DefaultValue DockerSettings docker,
        @Valid NodesSettings nodes,
        @Valid BalancerSettings balancer,
        @Valid DatabaseSettings database,
        @Valid RestorePointSettings restorePoints,
        @Valid @DefaultValue RehearsalSettings rehearsal) {

    /** A misspelt procedure would have another policy than its owner believes. */
    private static final String PROCEDURES = "version-upgrade|first-start|in-app-maintenance|return-to-service";

    /** The runtimes there are. */
    public enum Kind {
        DOCKER,
        REHEARSAL
    }

    /** The policy for a procedure (its process id). */
    public Policy policy(String procedure) {
        return policies.getOrDefault(procedure, Policy.APPROVAL);
    }

    @AssertTrue(message = "{cluster.settings.dockerComplete}")
    public boolean isComplete() {
        return runtime != Kind.DOCKER
                || (nodes != null && balancer != null && database != null && restorePoints != null);
    }
}
