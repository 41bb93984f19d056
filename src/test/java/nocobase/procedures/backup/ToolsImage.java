package nocobase.procedures.backup;

import com.github.dockerjava.api.DockerClient;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import nocobase.procedures.docker.DockerScene;

/** PostgreSQL's tools with another {@code pg_dump}; the real one is beside it as {@code pg_dump.real}. */
final class ToolsImage implements AutoCloseable {

    private static final DockerClient ENGINE = DockerScene.docker();
    private static final String TOOLS = "/usr/lib/postgresql/15/bin";

    private final String name;

    private ToolsImage(String name) {
        this.name = name;
    }

    static ToolsImage with(String script) {
        String tag = "t" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
        String container = ENGINE.createContainerCmd("local/postgres:15")
                .withName("tools-" + tag)
                .withLabels(Map.of(DockerScene.TEST_LABEL, "true"))
                .withEntrypoint("sh", "-ec")
                .withCmd("mv " + TOOLS + "/pg_dump " + TOOLS + "/pg_dump.real; mv /tmp/pg_dump " + TOOLS
                        + "/pg_dump; chmod 755 " + TOOLS + "/pg_dump")
                .exec()
                .getId();
        try {
            DockerScene.copy(
                    container,
                    "/tmp",
                    "pg_dump",
                    "#!/bin/sh\nset -e\n[ \"$1\" != --version ] || exec " + TOOLS + "/pg_dump.real --version\n" + script
                            + "\n");
            ENGINE.startContainerCmd(container).exec();
            ENGINE.waitContainerCmd(container).start().awaitStatusCode();
            ENGINE.commitCmd(container)
                    .withRepository("local/test-tools")
                    .withTag(tag)
                    .exec();
        } finally {
            ENGINE.removeContainerCmd(container)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        }
        return new ToolsImage("local/test-tools:" + tag);
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        ENGINE.removeImageCmd(name).withForce(true).exec();
    }
}
