package nocobase.procedures;

import java.net.URI;
import java.time.Duration;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

/**
 * On the real NocoBase 2.2.15; the 2.2.16 of the upgrade is a layer of our own over it, no release. In the long form only:
 * stand-ins go through the same life each time.
 */
@Requires("nocobase")
@Tag("long")
@DisplayName("Real NocoBase 2.2.15; 2.2.16 is our own layer over it, no release")
class LifeOfARealClusterIT extends LifeOfACluster {

    LifeOfARealClusterIT() {
        super(
                DockerScene.of(3).image("local/nocobase", "2.2.15").start(),
                DockerScene.of(2).image("local/nocobase", "2.2.15").start(),
                Duration.ofSeconds(90),
                Duration.ofSeconds(300));
    }

    @Override
    void createRecords() {
        // One node: the others know a new table only when they have started again (no Redis in this scene).
        URI node = scene.nodes().get(0).url();
        NocoBaseUser admin = NocoBaseUser.signIn(node);
        admin.post(
                node,
                "collections:create",
                "{\"name\": \"records\", \"title\": \"Records\", \"fields\": [{\"type\": \"string\", \"name\": \"title\","
                        + " \"interface\": \"input\"}]}");
        admin.post(node, "records:create", "{\"title\": \"kept\"}");
    }

    @Override
    String migratedTable() {
        return "users";
    }

    @Override
    void deleteTheRecord() {
        URI balancer = scene.docker.balancerUrl();
        NocoBaseUser admin = NocoBaseUser.signIn(balancer);
        String id = admin.get(balancer, "records:list").at("/data/0/id").asText();
        admin.post(balancer, "records:destroy?filterByTk=" + id, "");
    }
}
