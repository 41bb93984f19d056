package nocobase.procedures.backup;

import java.time.Clock;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Containers;

/** One cluster as its restore points see it: names, database server, nodes, containers, catalogue. */
record Site(
        String cluster,
        ClusterSettings settings,
        DatabaseServer server,
        Catalogue catalogue,
        ClusterRuntime runtime,
        Containers containers,
        CopyJobs copyJobs,
        Jobs jobs,
        Clock clock) {

    static Site of(
            String cluster,
            ClusterSettings settings,
            Containers containers,
            ClusterRuntime runtime,
            Clock clock,
            Catalogue catalogue) {
        DatabaseServer server = new DatabaseServer(settings.database());
        return new Site(
                cluster,
                settings,
                server,
                catalogue,
                runtime,
                containers,
                new CopyJobs(cluster, settings, server),
                new Jobs(containers),
                clock);
    }

    int keep() {
        return settings.restorePoints().keep();
    }
}
