package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The version upgrade as people run it, on real containers: three stand-in nodes, PostgreSQL, nginx, the engine itself. The
 * fault campaign kills the engine at more of its steps.
 */
@Requires("docker")
class UpgradeOnDockerIT {

    private static final Duration SOON = Duration.ofSeconds(90);

    private UpgradeScene scene;
    private List<String> rows;

    @AfterEach
    void remove() {
        if (scene != null) {
            scene.close();
        }
    }

    /** Clients reach the verified first node early, as the policy says; by default they wait for all nodes. */
    @Test
    void aGoodVersionServesOnAllNodesAndAllRecordsAreThere() {
        serve(DockerScene.of(3), Map.of("traffic", "after-first-node"));
        scene.start(scene.olga, "2.2.16");
        scene.acceptPlan(scene.olga, SOON);
        scene.verify(scene.otto, SOON);
        scene.awaitWaiting("all-nodes-ready", SOON);
        assertThat(restorePoint().state()).as("before clients come in").isEqualTo(RestorePoint.State.VERIFIED);

        assertThat(scene.awaitEnd(SOON)).isEqualTo("endEvent_versionUpgraded");
        scene.assertServes(Version.parse("2.2.16"));
        assertThat(scene.sql("select (id, \"createdAt\", title, body)::text from records order by id"))
                .isEqualTo(rows);
        assertThat(scene.schemaDifference()).contains("note text");
        scene.assertNothingLeftBehind("unless-stopped");
        assertThat(scene.environment(1)).noneMatch(variable -> variable.startsWith("SKIP_SAME_VERSION_UPGRADE"));
        assertThat(scene.environment(2)).noneMatch(variable -> variable.startsWith("SKIP_SAME_VERSION_UPGRADE"));
        assertThat(restorePoint().version()).isEqualTo(UpgradeScene.PREVIOUS);
        // Its clone was dropped when all had ended well.
        assertThat(restorePoint().state()).isEqualTo(RestorePoint.State.DUMP_ONLY);
        assertThat(scene.engine.log()).contains("Restore point " + scene.operation() + " has a verified durable copy");
        assertThat(scene.client.periods())
                .extracting(ClientWatch.Period::status)
                .containsExactly(200, 503, 200);
        Instant servedAgain = scene.client.periods().get(2).from();
        assertThat(scene.firstLogged(2, "app has been started")).isAfter(servedAgain);
        scene.report("stand-ins, good upgrade, traffic after the first node");
    }

    private RestorePoint restorePoint() {
        return scene.cluster().restorePoints().find(scene.operation()).orElseThrow();
    }

    /** Below a public path of its own, which nodes, routes, page and proofs follow on both ways. */
    @Test
    void aBrokenVersionEndsWithThePreviousOneServingAndNothingLost() {
        serve(DockerScene.of(3).environment("APP_PUBLIC_PATH", "/nocobase/"), Map.of());
        SecretsWatch secrets = new SecretsWatch(scene.docker);
        try (secrets) {
            scene.start(scene.olga, "2.2.17");
            scene.acceptPlan(scene.olga, SOON);
            rollBack();
            killWhileWaitingFor("databases-restored");
            scene.verify(scene.otto, SOON);

            assertThat(scene.awaitEnd(SOON)).isEqualTo("endEvent_previousVersionRestored");
        }
        assertBackAsBefore();
        secrets.assertNothingShown(scene);
        assertThat(scene.client.periods())
                .extracting(ClientWatch.Period::status)
                .containsExactly(200, 503, 200);
        scene.report("stand-ins, broken upgrade and rollback, engine killed while swapping");
    }

    private void serve(DockerScene.Plan plan, Map<String, String> keys) {
        scene = new UpgradeScene(plan.start(), Duration.ofSeconds(60), keys);
        scene.docker.sql(
                "insert into records (title, body) select 'title ' || n, md5(n::text) from generate_series(1, 500) n");
        rows = scene.sql("select r::text from records r order by id");
        scene.keepSchema();
        scene.engine.start();
    }

    /** olga asks for it, is refused as the one who approves it, and maria approves. */
    private void rollBack() {
        Person.Task failed = scene.await(scene.olga, "decideHowToGoOn", SOON);
        assertThat(scene.olga.shown(failed).at("/failure/value").asText())
                .contains("APP_ERROR", "20261101000000-tidy-records failed", scene.docker.node(1));
        assertThat(scene.sql("select count(*) from records")).containsExactly("0");
        scene.olga.complete(failed, Map.of("decision", "rollback", "decisionComment", "The records are gone"));

        Person.Task approval = scene.await(scene.maria, "approveRollback", SOON);
        Map<String, Object> approved = Map.of("rollbackApproved", true, "approvalComment", "Go ahead");
        assertThat(scene.olga.refused(approval, approved))
                .as("a manager, but it is she who asked")
                .allMatch(refusal -> refusal.endsWith("so somebody else must decide (four eyes)."));
        scene.maria.complete(approval, approved);
    }

    private void assertBackAsBefore() {
        scene.assertServes(UpgradeScene.PREVIOUS);
        assertThat(scene.sql("select r::text from records r order by id")).isEqualTo(rows);
        assertThat(scene.schemaDifference()).isEmpty();
        String aside = "nocobase_failed_"
                + scene.operation().substring(scene.operation().length() - 8);
        assertThat(scene.databases()).contains(aside);
        assertThat(scene.sql(aside, "select count(*) from records")).containsExactly("0");
        scene.assertNothingLeftBehind("unless-stopped");
    }

    private void killWhileWaitingFor(String message) {
        scene.awaitWaiting(message, SOON);
        scene.engine.kill();
        scene.engine.start();
    }
}
