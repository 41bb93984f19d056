package nocobase.procedures.balancer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Failure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** nginx in its container: its files under our directory, its own test, its reload. */
final class Nginx {

    private static final Logger LOG = LoggerFactory.getLogger(Nginx.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int READABLE = 0644;

    private final BalancerSettings settings;
    private final Containers containers;

    Nginx(BalancerSettings settings, Containers containers) {
        this.settings = settings;
        this.containers = containers;
    }

    ExecResult test() {
        return exec("nginx", "-t");
    }

    ExecResult exec(String... command) {
        return containers.exec(settings.container(), List.of(command), LIMIT);
    }

    boolean running() {
        return containers.running(settings.container());
    }

    boolean hasRoute(String fileName) {
        return read(fileName) != null;
    }

    boolean has(Configuration configuration) {
        return configuration.files().entrySet().stream()
                .allMatch(file -> file.getValue().equals(text(read(file.getKey()))));
    }

    /**
     * Puts the files in place and reloads. If nginx refuses them, what was there before is put back.
     *
     * @throws CannotProceedException with nginx's own message
     */
    void load(Configuration configuration) {
        Map<String, byte[]> before = new LinkedHashMap<>();
        configuration.files().keySet().forEach(name -> before.put(name, read(name)));
        configuration.files().forEach((name, text) -> write(name, text.getBytes(StandardCharsets.UTF_8)));
        accept(exec("nginx", "-t"), "refuses the new configuration", before);
        LOG.info("Reloading nginx in container {}, generation {}", settings.container(), configuration.generation());
        accept(exec("nginx", "-s", "reload"), "cannot be reloaded", before);
    }

    private void accept(ExecResult result, String trouble, Map<String, byte[]> before) {
        if (result.succeeded()) {
            return;
        }
        before.forEach(this::putBack);
        throw new CannotProceedException(new Failure(
                "nginx in container " + settings.container() + " " + trouble + "; the present route stays in force.",
                "",
                "Read nginx's message below. Other files of nginx than ours may be wrong: correct them until \"nginx -t\" in the"
                        + " container succeeds, then retry.",
                result.output().strip()));
    }

    private void putBack(String name, byte[] content) {
        if (content == null) {
            exec("rm", "-f", path(name));
        } else {
            write(name, content);
        }
    }

    private void write(String name, byte[] content) {
        containers.write(settings.container(), path(name), content, READABLE);
    }

    private byte[] read(String name) {
        return containers.read(settings.container(), path(name));
    }

    private String path(String name) {
        return settings.directory() + "/" + name;
    }

    private static String text(byte[] content) {
        return content == null ? null : new String(content, StandardCharsets.UTF_8);
    }
}
