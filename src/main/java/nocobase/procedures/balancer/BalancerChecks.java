package nocobase.procedures.balancer;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import nocobase.procedures.balancer.BalancerClient.Answer;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Texts;

/** The balancer's part of the preconditions. It only reads. */
final class BalancerChecks {

    private static final String CONTAINER = "Balancer";
    private static final String DIRECTORY = "Balancer's directory";
    private static final String VALID = "Balancer's configuration";
    private static final String ANSWER = "Balancer's address";

    private static final Pattern MAIN_FILE = Pattern.compile("^# configuration file (\\S+):$", Pattern.MULTILINE);
    private static final Pattern INCLUDE =
            Pattern.compile("^\\s*include\\s+[\"']?([^\\s\"';]+)[\"']?\\s*;", Pattern.MULTILINE);

    private static final Pattern GENERATION = Pattern.compile("[0-9a-f]{12}");

    private static final String CORRECT_URL =
            "Check procedures.clusters.<name>.balancer.url: the engine must reach nginx as a client does, to prove each route.";

    /** Output of a command is cut to its end at this length (Containers.exec). */
    private static final int CUT = 60 * 1024;

    private final BalancerSettings settings;
    private final Nginx nginx;
    private final ServerBlock block;
    private final BalancerClient client;

    BalancerChecks(BalancerSettings settings, Nginx nginx, ServerBlock block, BalancerClient client) {
        this.settings = settings;
        this.nginx = nginx;
        this.block = block;
        this.client = client;
    }

    List<Check> check() {
        String container = settings.container();
        if (!nginx.running()) {
            return List.of(
                    Check.fail(
                            CONTAINER,
                            "Container " + container + " does not run",
                            "Start it, or correct procedures.clusters.<name>.balancer.container. Without it no 503 page can be shown."));
        }
        List<Check> checks = new ArrayList<>();
        ExecResult version = nginx.exec("nginx", "-v");
        if (!version.succeeded()) {
            return List.of(Check.fail(
                    CONTAINER,
                    "\"nginx -v\" in container " + container + " fails: " + Texts.shown(version.output(), 300),
                    "The container must hold nginx, with nginx on its path."));
        }
        checks.add(Check.pass(CONTAINER, container + ": " + Texts.shown(version.output())));
        checks.add(directory());
        checks.add(valid());
        checks.add(answer());
        return checks;
    }

    private Check directory() {
        if (!nginx.exec("test", "-d", settings.directory()).succeeded()) {
            return Check.fail(
                    DIRECTORY,
                    settings.directory() + " does not exist in container " + settings.container(),
                    "Mount a volume there: what lies in it must outlive the container.");
        }
        ExecResult dump = nginx.exec("nginx", "-T");
        if (includes(dump.output())) {
            return Check.pass(DIRECTORY, settings.directory() + " exists, and nginx includes it");
        }
        if (!dump.succeeded()) {
            // It shows nothing of a configuration that it refuses.
            return Check.warn(
                    DIRECTORY,
                    "Whether nginx includes " + settings.directory()
                            + " cannot be seen while its configuration is broken",
                    "Correct the configuration first, then check again.");
        }
        if (dump.output().length() >= CUT) {
            return Check.warn(
                    DIRECTORY,
                    "nginx's configuration is too long to be read whole; no include of " + settings.directory()
                            + " was seen in its end",
                    "Make sure that its http section has: include " + settings.directory() + "/*.conf;");
        }
        return Check.fail(
                DIRECTORY,
                "nginx does not include " + settings.directory() + "/" + block.fileName(),
                "Put this line at the beginning of nginx's http section, before other servers: include "
                        + settings.directory() + "/*.conf;");
    }

    /** Whether one of the include lines of {@code nginx -T} covers our file. */
    private boolean includes(String dump) {
        Path ours = Path.of(settings.directory(), block.fileName());
        Path main = MAIN_FILE
                .matcher(dump)
                .results()
                .findFirst()
                .map(found -> Path.of(found.group(1)))
                .orElse(Path.of("/etc/nginx/nginx.conf"));
        return INCLUDE.matcher(dump)
                .results()
                .map((MatchResult found) -> main.resolveSibling(found.group(1)).normalize())
                .anyMatch(pattern -> FileSystems.getDefault()
                        .getPathMatcher("glob:" + pattern)
                        .matches(ours));
    }

    private Check valid() {
        ExecResult test = nginx.test();
        if (!test.succeeded()) {
            return Check.fail(
                    VALID,
                    "\"nginx -t\" fails: " + Texts.shown(test.output(), 500),
                    "Correct the configuration: with it, nginx would refuse the 503 page and not survive a restart.");
        }
        if (test.output().contains("conflicting server name")) {
            return Check.warn(
                    VALID,
                    Texts.shown(test.output(), 500),
                    "Two servers claim the same name and port, and nginx ignores one of them. Remove one, or give the cluster"
                            + " its own server-names.");
        }
        return Check.pass(VALID, "\"nginx -t\" succeeds");
    }

    /** The file beside ours in which the answer's generation stands, empty if there is none. */
    private Optional<String> anothers(String generation) {
        if (!GENERATION.matcher(generation).matches()
                || nginx.routeOf(block.fileName()).contains(generation)) {
            return Optional.empty();
        }
        return nginx.exec("grep", "-rlF", generation, settings.directory())
                .output()
                .lines()
                .filter(file -> file.startsWith(settings.directory() + "/") && file.endsWith(".conf"))
                .findFirst();
    }

    private static String whose(String generation) {
        return GENERATION.matcher(generation).matches()
                ? ", by this cluster's server block"
                : ", by no route of ours yet";
    }

    private Check answer() {
        try {
            Answer answer = client.get("/");
            Optional<String> another = anothers(answer.generation());
            if (another.isPresent()) {
                return Check.fail(
                        ANSWER,
                        settings.url() + " is answered by another cluster's server block (" + another.get() + ")",
                        "Clusters behind one nginx need server-names of their own, and url must bear one of these names; or"
                                + " listen, and url, another port each.");
            }
            return Check.pass(ANSWER, settings.url() + " answers " + answer.status() + whose(answer.generation()));
        } catch (IOException silent) {
            String finding = settings.url() + " does not answer: " + silent.getMessage();
            return !nginx.routeOf(block.fileName()).isEmpty()
                    ? Check.fail(ANSWER, finding, CORRECT_URL)
                    // An nginx without any server of its own listens nowhere until it has our first route.
                    : Check.warn(ANSWER, finding + " (nginx has no route of this cluster yet)", CORRECT_URL);
        }
    }
}
