package nocobase.procedures.balancer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** nginx in its container: its files under our directory, its own test, its reload. */
final class Nginx {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final Logger LOG = LoggerFactory.getLogger(Nginx.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** nginx's own words: "nginx: [emerg] unknown directive "x" in /etc/nginx/y.conf:1". */
    private static final Pattern FAULT = Pattern.compile("\\[(?:emerg|alert)\\] (?:\\d+#\\d+: )?(.+)");

    private static final Pattern PLACE = Pattern.compile(" in (/\\S+):(\\d+)");
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

    /** A script with our directory among its arguments. */
    ExecResult sh(String script, String name, String work, String fileName, List<String> further) {
        List<String> arguments = new ArrayList<>(List.of(work, settings.directory(), fileName));
        arguments.addAll(further);
        return sh(script, name, arguments);
    }

    ExecResult sh(String script, String name, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, name));
        command.addAll(arguments);
        return containers.exec(settings.container(), command, LIMIT);
    }

    /** By absolute path, all in one directory. */
    void writeAll(Map<String, byte[]> files) {
        containers.write(settings.container(), files, READABLE);
    }

    String ourFile(String fileName) {
        return path(fileName);
    }

    ExecResult exec(String... command) {
        return containers.exec(settings.container(), List.of(command), LIMIT);
    }

    boolean running() {
        return containers.running(settings.container());
    }

    /** The route's text as it lies in nginx's directory; empty if there is none. */
    String routeOf(String fileName) {
        byte[] content = read(fileName);
        return content == null ? "" : text(content);
    }

    boolean has(Configuration configuration) {
        return configuration.files().entrySet().stream()
                .allMatch(file -> file.getValue().equals(text(read(file.getKey()))));
    }

    /** Puts the pages in place, whose present contents nginx reads at each request. */
    void show(Configuration configuration) {
        write(configuration.pages());
    }

    /**
     * Puts the files in place and reloads. If nginx refuses them, what was there before is put back.
     *
     * @throws CannotProceedException with nginx's own message
     */
    void load(Configuration configuration) {
        Map<String, byte[]> before = present(configuration);
        Map<String, String> texts = new LinkedHashMap<>(configuration.files());
        texts.putAll(changed(configuration.pages(), before));
        write(texts);
        String file = configuration.files().keySet().iterator().next();
        accept(test(), "nginx.refused", before, file);
        LOG.info("Reloading nginx in container {}, generation {}", settings.container(), configuration.generation());
        accept(exec("nginx", "-s", "reload"), "nginx.notReloaded", before, file);
    }

    /** Each write costs tenths of a second, and clients wait. */
    private static Map<String, String> changed(Map<String, String> pages, Map<String, byte[]> before) {
        return pages.entrySet().stream()
                .filter(page -> !page.getValue().equals(text(before.get(page.getKey()))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private void accept(ExecResult result, String trouble, Map<String, byte[]> before, String fileName) {
        if (result.succeeded()) {
            return;
        }
        before.forEach(this::putBack);
        Failure failure = new Failure(
                MESSAGES.text(trouble, settings.container(), reason(result.output())),
                "",
                remedy(result.output(), fileName),
                result.output().strip());
        String directive = OwnersLines.duplicate(result.output(), path(fileName));
        throw directive.isEmpty() ? new CannotProceedException(failure) : new OwnersLineException(directive, failure);
    }

    static String reason(String output) {
        Matcher fault = FAULT.matcher(output);
        return fault.find() ? ": " + Texts.shown(fault.group(1), 300) : "";
    }

    /** Where a directive of the owner's and ours are one too many, the file to correct is the owner's. */
    String remedy(String output, String fileName) {
        String directive = OwnersLines.duplicate(output, path(fileName));
        if (!directive.isEmpty()) {
            String owners = settings.directory() + "/" + fileName.replaceFirst("\\.conf$", ".server");
            String files =
                    exec("grep", "-rlw", directive, owners).output().strip().replace("\n", ", ");
            return MESSAGES.text("nginx.remedy.owner", directive, files.isEmpty() ? owners : Texts.shown(files, 300));
        }
        Matcher place = PLACE.matcher(output);
        return place.find()
                ? MESSAGES.text(
                        "nginx.remedy.place", place.group(2), Texts.shown(place.group(1), 200), settings.directory())
                : MESSAGES.text("nginx.remedy.message", settings.directory());
    }

    private void putBack(String name, byte[] content) {
        if (content == null) {
            exec("rm", "-f", path(name));
        } else {
            containers.write(settings.container(), path(name), content, READABLE);
        }
    }

    private void write(Map<String, String> texts) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        texts.forEach((name, text) -> files.put(path(name), text.getBytes(StandardCharsets.UTF_8)));
        if (!files.isEmpty()) {
            containers.write(settings.container(), files, READABLE);
        }
    }

    /** What lies there now, by file name; null for what does not. */
    private Map<String, byte[]> present(Configuration configuration) {
        Set<String> names = new LinkedHashSet<>(configuration.files().keySet());
        names.addAll(configuration.pages().keySet());
        Map<String, byte[]> found = containers.read(settings.container(), settings.directory(), names);
        Map<String, byte[]> present = new LinkedHashMap<>();
        // What is taken for absent is removed where nginx refuses the route.
        names.forEach(name -> present.put(name, found.containsKey(name) ? found.get(name) : read(name)));
        return present;
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
