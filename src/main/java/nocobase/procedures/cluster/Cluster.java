package nocobase.procedures.cluster;

/** One cluster: its settings and the ports that reach it. */
public record Cluster(
        String name,
        ClusterSettings settings,
        ClusterRuntime runtime,
        ClusterFence fence,
        LoadBalancer balancer,
        RestorePoints restorePoints,
        NocoBase application) {}
