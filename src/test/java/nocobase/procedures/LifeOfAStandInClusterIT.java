package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

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

    /** One node cannot be switched, the others are; before anybody decides, the engine dies and somebody deletes the instance. */
    @Test
    @Order(5)
    void returnToServiceWithHalfOfTheNodesSwitched() {
        List<String> records = scene.sql("select r::text from records r order by id");
        scene.start(scene.olga, "2.2.16");
        String cut = scene.operation();
        String inTheWay = scene.docker.occupy(scene.docker.node(3) + "-pre-" + cut);
        scene.acceptPlan(scene.olga, soon);
        scene.await(scene.olga, "decideHowToGoOn", started);
        scene.engine.kill();
        DockerScene.docker().removeContainerCmd(inTheWay).exec();
        assertThat(scene.nodes())
                .extracting(Node::version)
                .as("the switch was cut short")
                .contains(UpgradeScene.PREVIOUS, Version.parse("2.2.16"));
        scene.engine.start();
        scene.deleteInstance();

        scene.start(scene.olga, "return-to-service", Map.of());
        scene.acceptPlan(scene.olga, soon);
        scene.complete(
                scene.olga,
                "chooseWayBack",
                soon,
                Map.of("wayBack", "restore", "restorePointChosen", cut, "wayBackComment", "not tonight"));
        scene.approveRollback(scene.maria, soon);
        scene.verify(scene.otto, started);
        assertThat(scene.awaitEnd(started)).isEqualTo("endEvent_clusterBackInService");
        scene.report("return to service from a switch that was cut short");

        scene.assertServes(UpgradeScene.PREVIOUS);
        assertThat(scene.sql("select r::text from records r order by id")).isEqualTo(records);
        assertThat(scene.databases()).as("what an earlier restore replaced").anyMatch(BEFORE);
    }
}
