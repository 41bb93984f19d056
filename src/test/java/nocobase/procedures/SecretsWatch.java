package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Container;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import nocobase.procedures.docker.DockerScene;

/**
 * Looks for the secrets of a scene where everybody may look: in the definitions of the containers that we make and in the
 * list of processes while a procedure runs, and afterwards in the engine's database, its log and its answers. All secrets of a
 * scene end alike: APP_KEY, the passwords of the databases, of their administrator, of the engine and of its people.
 */
final class SecretsWatch implements AutoCloseable {

    static final String CANARY = "secret-of-the-scene";

    private static final ObjectMapper JSON =
            new ObjectMapper().disable(com.fasterxml.jackson.databind.SerializationFeature.FAIL_ON_EMPTY_BEANS);

    private final DockerScene docker;
    private final Set<String> found = new ConcurrentSkipListSet<>();
    private final Set<String> owners;
    private final Set<String> seen = new HashSet<>();
    private final Thread thread = new Thread(this::watch, "secrets-watch");
    private volatile boolean running = true;
    private volatile int made;

    SecretsWatch(DockerScene docker) {
        this.docker = docker;
        this.owners = new HashSet<>(docker.nodes());
        owners.add(docker.databaseContainer());
        owners.add(docker.balancerContainer());
        for (String secret : List.of(
                DockerScene.PASSWORD, DockerScene.ADMIN_PASSWORD, DockerScene.APP_KEY, UpgradeScene.ENGINE_PASSWORD)) {
            assertThat(secret).endsWith(CANARY);
        }
        thread.start();
    }

    private void watch() {
        while (running) {
            ProcessHandle.allProcesses()
                    .flatMap(process -> process.info().commandLine().stream())
                    .filter(command -> command.contains(CANARY))
                    .forEach(command -> found.add("command line: " + command));
            docker.containers().forEach(this::look);
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** What is made for us, not the owner's nodes (nor the copies of them, which hold what the owner set). */
    private void look(Container container) {
        String name = container.getNames()[0].substring(1);
        if (owners.contains(name) || name.contains("-pre-") || !seen.add(container.getId())) {
            return;
        }
        try {
            String definition = JSON.writeValueAsString(docker.inspect(container.getId()));
            boolean node = docker.nodes().stream().anyMatch(name::startsWith);
            if (!node) {
                made++;
                if (definition.contains(CANARY)) {
                    found.add("definition of container " + name);
                }
            }
        } catch (DockerException e) {
            seen.remove(container.getId());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Nothing was seen, and nothing stands anywhere now. */
    void assertNothingShown(UpgradeScene scene) {
        assertThat(made).as("containers of ours that were looked at").isPositive();
        assertThat(found).isEmpty();
        assertThat(scene.engine.log()).doesNotContain(CANARY);
        assertThat(inDatabase(scene)).isEmpty();
        for (Person person : List.of(scene.olga, scene.maria)) {
            assertThat(person.page("/evidence/" + scene.operation())).doesNotContain(CANARY);
            assertThat(person.page("/api/status")).contains(docker.name()).doesNotContain(CANARY);
        }
    }

    /** Tables of the engine that hold it, as text or in bytes (JSON variables, messages of exceptions). */
    private static Set<String> inDatabase(UpgradeScene scene) {
        String bytes = HexFormat.of().formatHex(CANARY.getBytes(StandardCharsets.UTF_8));
        Set<String> tables = new TreeSet<>();
        for (String table :
                scene.engineSql("select table_name from information_schema.tables where table_schema = 'public'"
                        + " and table_type = 'BASE TABLE'")) {
            if (!scene.engineSql("select 'x' from \"" + table + "\" t where t::text like '%" + CANARY
                            + "%' or t::text like '%" + bytes + "%' limit 1")
                    .isEmpty()) {
                tables.add(table);
            }
        }
        return tables;
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
    }
}
