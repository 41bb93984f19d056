package nocobase.procedures;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import nocobase.procedures.backup.PostgresRestorePoints;
import nocobase.procedures.balancer.LoadBalancerFactory;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.docker.DockerCluster;
import nocobase.procedures.nocobase.NocoBaseFactory;

/** Puts real clusters together: containers on a Docker host, nginx, PostgreSQL, NocoBase. */
class DockerClusters implements AutoCloseable {

    private final DataSource engine;
    private final Clock clock;
    private final List<DockerCluster> hosts = new ArrayList<>();

    DockerClusters(DataSource engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    Cluster create(String name, ClusterSettings settings) {
        DockerCluster host = new DockerCluster(name, settings, clock);
        hosts.add(host);
        ClusterRuntime runtime = host.runtime();
        Containers containers = host.containers();
        return new Cluster(
                name,
                settings,
                runtime,
                host.fence(),
                new LoadBalancerFactory(clock)
                        .create(
                                name,
                                settings.balancer(),
                                containers,
                                () -> runtime.observe().first().paths()),
                new PostgresRestorePoints(name, settings, containers, runtime, clock, engine),
                new NocoBaseFactory(clock).create(settings, runtime, containers));
    }

    @Override
    public void close() {
        hosts.forEach(DockerCluster::close);
    }
}
