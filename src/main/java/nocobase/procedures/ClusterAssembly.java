package nocobase.procedures;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.ProceduresProperties;
import nocobase.procedures.cluster.UnknownClusterException;
import nocobase.procedures.rehearsal.RehearsalClusters;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the clusters together from their settings and the adapters. */
@Configuration(proxyBeanMethods = false)
class ClusterAssembly {

    @Bean
    @ConditionalOnMissingBean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    RehearsalClusters rehearsalClusters(DataSource dataSource, Clock clock) {
        return new RehearsalClusters(dataSource, clock);
    }

    /** Rehearsal clusters begin their worlds in the engine's tables. */
    @Bean
    @DependsOnDatabaseInitialization
    Clusters clusters(ProceduresProperties properties, RehearsalClusters rehearsals, DockerClusters dockerClusters) {
        Map<String, Cluster> clusters = new TreeMap<>();
        properties
                .clusters()
                .forEach((name, settings) -> clusters.put(
                        name,
                        switch (settings.runtime()) {
                            case REHEARSAL -> rehearsals.create(name, settings);
                            case DOCKER -> dockerClusters.create(name, settings);
                        }));
        return new ConfiguredClusters(clusters);
    }

    @Bean
    DockerClusters dockerClusters(DataSource dataSource, Clock clock) {
        return new DockerClusters(dataSource, clock);
    }

    private record ConfiguredClusters(Map<String, Cluster> clusters) implements Clusters {

        @Override
        public Cluster find(String name) {
            Cluster cluster = clusters.get(name);
            if (cluster == null) {
                throw new UnknownClusterException(name, clusters.keySet());
            }
            return cluster;
        }

        @Override
        public List<Cluster> all() {
            return List.copyOf(clusters.values());
        }
    }
}
