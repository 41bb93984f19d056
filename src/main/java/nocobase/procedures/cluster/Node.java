package nocobase.procedures.cluster;

import java.net.URI;
import java.time.Instant;

/**
 * One node of a cluster as it was observed.
 *
 * @param name the stable name (the container's), the same before and after a version switch
 * @param state whether it runs
 * @param image the image reference it was created from
 * @param version the version of its image (read from the package inside where known, else from the tag), or null if
 *     the image tells none
 * @param worker true if it does background work only ({@code WORKER_MODE}) and must not get traffic
 * @param url where the engine reaches it ({@code http://address:13000}), or null while it does not run
 * @param startedAt when it was last started, or null if it never ran
 * @param paths where in its address NocoBase answers
 */
public record Node(
        String name,
        NodeState state,
        String image,
        Version version,
        boolean worker,
        URI url,
        Instant startedAt,
        NodePaths paths) {

    /** A node whose NocoBase answers where it does by itself. */
    public Node(
            String name, NodeState state, String image, Version version, boolean worker, URI url, Instant startedAt) {
        this(name, state, image, version, worker, url, startedAt, NodePaths.DEFAULT);
    }

    public boolean running() {
        return state != NodeState.STOPPED;
    }
}
