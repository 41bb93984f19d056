package nocobase.procedures.balancer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import nocobase.procedures.balancer.BalancerClient.Answer;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/**
 * The balancer's part of the preconditions beside the trial of its routes ({@link RouteChecks}). It only reads: {@code nginx -v}
 * and {@code nginx -t} are run in the container that will be told to reload, and the balancer is asked as clients ask it.
 */
final class BalancerChecks {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final Pattern GENERATION = Pattern.compile("[0-9a-f]{12}");

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

    boolean runs() {
        return nginx.running();
    }

    /** @param included whether nginx reads our file, as it says itself; empty where it could not be asked */
    List<Check> check(Optional<Boolean> included) {
        String container = settings.container();
        if (!nginx.running()) {
            return List.of(Check.fail(
                    name("container"),
                    MESSAGES.text("check.container.stopped", container),
                    MESSAGES.text("check.container.stopped.remedy")));
        }
        List<Check> checks = new ArrayList<>();
        ExecResult version = nginx.exec("nginx", "-v");
        if (!version.succeeded()) {
            return List.of(Check.fail(
                    name("container"),
                    MESSAGES.text("check.container.noNginx", container, Texts.shown(version.output(), 300)),
                    MESSAGES.text("check.container.noNginx.remedy")));
        }
        checks.add(Check.pass(name("container"), container + ": " + Texts.shown(version.output())));
        checks.add(directory(included));
        checks.add(valid());
        checks.add(answer());
        return checks;
    }

    /**
     * Stands for writing a route's file there, and for nginx's reading it.
     *
     * @param included whether nginx reads our file there, as it says itself; empty where it could not be asked
     */
    private Check directory(Optional<Boolean> included) {
        if (!nginx.exec("test", "-d", settings.directory()).succeeded()) {
            return Check.fail(
                    name("directory"),
                    MESSAGES.text("check.directory.absent", settings.directory(), settings.container()),
                    MESSAGES.text("check.directory.absent.remedy"));
        }
        if (included.isEmpty()) {
            // Its answer bears our route, and no configuration is needed to see that.
            return answersOurs()
                    ? Check.pass(name("directory"), MESSAGES.text("check.directory.included", settings.directory()))
                    : Check.warn(
                            name("directory"),
                            MESSAGES.text("check.directory.unknown", settings.directory()),
                            MESSAGES.text("check.directory.unknown.remedy"));
        }
        return included.get()
                ? Check.pass(name("directory"), MESSAGES.text("check.directory.included", settings.directory()))
                : Check.fail(
                        name("directory"),
                        MESSAGES.text("check.directory.notIncluded", settings.directory(), block.fileName()),
                        MESSAGES.text("check.directory.notIncluded.remedy", settings.directory()));
    }

    private boolean answersOurs() {
        try {
            String generation = client.get("/").generation();
            return !generation.isEmpty() && nginx.routeOf(block.fileName()).contains(generation);
        } catch (IOException silent) {
            return false;
        }
    }

    /** The very test that each new route goes through, of what lies there now: whatever fails here was broken before us. */
    private Check valid() {
        ExecResult test = nginx.test();
        String doubled = OwnersLines.duplicate(test.output(), nginx.ourFile(block.fileName()));
        if (!test.succeeded() && OwnersLines.yields(doubled)) {
            return Check.warn(
                    name("configuration"),
                    MESSAGES.text("check.configuration.doubled", doubled),
                    MESSAGES.text("check.configuration.doubled.remedy"));
        }
        if (!test.succeeded()) {
            return Check.fail(
                    name("configuration"),
                    MESSAGES.text("check.configuration.invalid", Texts.shown(test.output(), 500)),
                    MESSAGES.text("check.configuration.invalid.remedy"));
        }
        if (test.output().contains("conflicting server name")) {
            return Check.warn(
                    name("configuration"),
                    Texts.shown(test.output(), 500),
                    MESSAGES.text("check.configuration.conflict.remedy"));
        }
        return Check.pass(name("configuration"), MESSAGES.text("check.configuration.valid"));
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

    /** Of a check, which is also what a person accepts it by. */
    private static String name(String check) {
        return MESSAGES.text("check." + check);
    }

    /** Key of the sentence. */
    private static String whose(String generation) {
        return GENERATION.matcher(generation).matches() ? "check.address.ours" : "check.address.noRouteYet";
    }

    /** Stands for the proof of each route: the very request that it is made by. */
    private Check answer() {
        try {
            Answer answer = client.get("/");
            Optional<String> another = anothers(answer.generation());
            if (another.isPresent()) {
                return Check.fail(
                        name("address"),
                        MESSAGES.text("check.address.another", settings.url(), another.get()),
                        MESSAGES.text("check.address.another.remedy"));
            }
            return Check.pass(
                    name("address"), MESSAGES.text(whose(answer.generation()), settings.url(), answer.status()));
        } catch (IOException silent) {
            String finding = MESSAGES.text("check.address.silent", settings.url(), silent.getMessage());
            return !nginx.routeOf(block.fileName()).isEmpty()
                    ? Check.fail(name("address"), finding, MESSAGES.text("check.address.remedy"))
                    // An nginx without any server of its own listens nowhere until it has our first route.
                    : Check.warn(
                            name("address"),
                            MESSAGES.text("check.address.silentBeforeRoute", finding),
                            MESSAGES.text("check.address.remedy"));
        }
    }
}
