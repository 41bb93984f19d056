package nocobase.procedures.backup;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.HostConfig;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import nocobase.procedures.docker.DockerScene;

/** PostgreSQL's tools with another one of them; the real one is beside it as {@code pg_dump.real}, for example. */
final class ToolsImage implements AutoCloseable {

    private static final DockerClient ENGINE = DockerScene.docker();
    private static final String TOOLS = "/usr/lib/postgresql/15/bin";

    private final String name;

    private ToolsImage(String name) {
        this.name = name;
    }

    /** Another {@code pg_dump}. */
    static ToolsImage with(String script) {
        return with("pg_dump", script);
    }

    static ToolsImage with(String tool, String script) {
        return withAt(TOOLS, tool, script);
    }

    static ToolsImage withAt(String directory, String tool, String script) {
        String tag = "t" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
        String container = ENGINE.createContainerCmd("local/postgres:15")
                .withName("tools-" + tag)
                .withLabels(Map.of(DockerScene.TEST_LABEL, "true"))
                .withHostConfig(HostConfig.newHostConfig().withNetworkMode("none"))
                .withEntrypoint("sh", "-ec")
                .withCmd("cd " + directory + "; mv " + tool + " " + tool + ".real; mv /tmp/" + tool + " .; chmod 755 "
                        + tool)
                .exec()
                .getId();
        try {
            DockerScene.copy(
                    container,
                    "/tmp",
                    tool,
                    "#!/bin/sh\nset -e\n[ \"$1\" != --version ] || exec " + directory + "/" + tool + ".real --version\n"
                            + script
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
