package nocobase.procedures.docker;

/** The labels that containers of ours bear. An owner's container bears none of them. */
final class Marks {

    /** The cluster that a container of ours belongs to. */
    static final String CLUSTER = "nocobase.procedures.cluster";
    /** The operation that made the container. */
    static final String OPERATION = "nocobase.procedures.operation";
    /** The id of the container that this one stands for: that one is set aside, whatever its name. */
    static final String REPLACES = "nocobase.procedures.replaces";
    /** The node that it is or will be. */
    static final String NODE = "nocobase.procedures.node";
    /** The owner's restart policy, while the container has {@code no}. */
    static final String RESTART = "nocobase.procedures.restart";
    /** The variable that was added because the node joins others: the next switch takes it away again. */
    static final String JOINS = "nocobase.procedures.joins";
    /** {@code job}, {@code probe} or {@code trial}: never a node. */
    static final String ROLE = "nocobase.procedures.role";

    /** Tells the cluster of a job from another one of that name on the same host: {@link DockerCluster#stack}. */
    static final String STACK = "nocobase.procedures.stack";
    /** Tells a job from another one of that name: a hash of its description. */
    static final String JOB = "nocobase.procedures.job";

    /** The name of a cluster's first node, on the volume that is its fence. */
    static final String FENCE = "nocobase.procedures.fence";

    private Marks() {}
}
