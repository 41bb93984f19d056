package nocobase.procedures.rehearsal;

import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.contract.ClusterContract;

/** The contract, held by the rehearsal. */
class RehearsalContractTest extends ClusterContract {

    @Override
    protected Scene scene() {
        RehearsalScene scene =
                new RehearsalScene("c" + UUID.randomUUID().toString().substring(0, 8));
        return new Scene() {

            @Override
            public Cluster cluster() {
                return scene.cluster;
            }

            @Override
            public <T> Progress<T> settled(Supplier<Progress<T>> call) {
                for (int look = 0; look < 400; look++) {
                    Progress<T> progress = call.get();
                    if (!(progress instanceof Progress.Pending)) {
                        return progress;
                    }
                    scene.pass(Duration.ofMillis(500));
                }
                return call.get();
            }

            @Override
            public void subApplication(String name) {
                scene.rehearsals.addSubApplication(scene.cluster, name);
            }

            @Override
            public void noSubApplications() {
                scene.rehearsals.reset(scene.cluster);
            }
        };
    }
}
