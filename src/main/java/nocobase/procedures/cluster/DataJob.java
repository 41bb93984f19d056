package nocobase.procedures.cluster;

import java.util.List;
import java.util.Map;

/**
 * A one-off container that works on data: a dump, a restore, an archive of the storage.
 *
 * @param name the container's deterministic name, derived from the operation
 * @param image the image, or null for the image of the container {@code like}
 * @param like the container whose image (and nothing else) is used when {@code image} is null
 * @param command as an argument list
 * @param environment variables without secrets
 * @param files small files put into the container before its start, by absolute path, mode 0600, owned by root; secrets
 *     go here, never into the command or the environment
 * @param mounts volumes or host directories, {@code source:target[:ro]}
 * @param volumesFrom container whose mounts are attached as well, with {@code :ro} to read only; or null
 * @param network {@code container:<name>} to share that container's network, a network's name, {@code none}, or
 *     {@link #NODES_NETWORKS}
 */
public record DataJob(
        String name,
        String image,
        String like,
        List<String> command,
        Map<String, String> environment,
        Map<String, String> files,
        List<String> mounts,
        String volumesFrom,
        String network) {

    /** All networks of the cluster's first node, and the names of hosts that it was given. */
    public static final String NODES_NETWORKS = "nodes";
}
