package nocobase.procedures.docker;

import java.util.Map;
import nocobase.procedures.Requires;
import org.junit.jupiter.api.AfterAll;

/** The same on the second Docker engine, which is of another version: it describes containers otherwise. */
@Requires({"docker", "engines"})
class RecreationOnOtherDockerIT extends RecreationIT {

    private SecondEngine second;

    @Override
    Map<String, String> open() {
        second = new SecondEngine();
        docker = second.docker();
        second.load(DockerScene.STAND_IN + ":2.2.15");
        second.load(DockerScene.STAND_IN + ":2.2.16");
        docker.createNetworkCmd().withName(scene.network()).exec();
        return Map.of(
                "docker.host",
                second.url(),
                "docker.tls-directory",
                second.tlsDirectory().toString());
    }

    @Override
    @AfterAll
    void removeAll() {
        try {
            super.removeAll();
        } finally {
            second.close();
        }
    }
}
