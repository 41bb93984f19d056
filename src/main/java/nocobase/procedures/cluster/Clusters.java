package nocobase.procedures.cluster;

import java.util.List;

/** The configured clusters. */
public interface Clusters {

    /** @throws UnknownClusterException if no cluster of that name is configured */
    Cluster find(String name);

    /** All, by name. */
    List<Cluster> all();
}
