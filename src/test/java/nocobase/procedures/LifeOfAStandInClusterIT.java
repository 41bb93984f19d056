package nocobase.procedures;

import java.time.Duration;
import nocobase.procedures.docker.DockerScene;

/** On stand-in nodes: ready in two seconds, with NocoBase's protocol and bad habits. */
@Requires("docker")
class LifeOfAStandInClusterIT extends LifeOfACluster {

    LifeOfAStandInClusterIT() {
        super(
                DockerScene.of(3).environment("STAND_IN_UPGRADE_SECONDS", "4").start(),
                DockerScene.of(2).start(),
                Duration.ofSeconds(60),
                Duration.ofSeconds(90));
    }

    /** The table is there since the installation. */
    @Override
    void createRecords() {
        scene.docker.sql("insert into records (title) values ('kept')");
    }

    @Override
    String migratedTable() {
        return "records";
    }

    @Override
    void deleteTheRecord() {
        scene.docker.sql("delete from records");
    }
}
