package nocobase.procedures.backup;

import java.sql.SQLException;
import java.time.Clock;
import java.util.Set;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.language.Messages;

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
        NodeAddresses addresses,
        Clock clock) {

    private static final Messages MESSAGES = Messages.of("backup");

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
                new NodeAddresses(),
                clock);
    }

    /** The job that reads a durable copy once more before its clones go. */
    DataJob reread(StoredRestorePoint point) {
        try {
            return copyJobs.reread(point, server.outside(DatabaseServer::port));
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.reread"), e);
        }
    }

    /** Addresses of the nodes, also of those that were stopped since they were looked at. */
    Set<String> nodeAddresses() {
        return addresses.look(runtime, containers);
    }

    int keep() {
        return settings.restorePoints().keep();
    }
}
