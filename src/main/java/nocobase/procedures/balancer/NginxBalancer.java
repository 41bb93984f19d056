package nocobase.procedures.balancer;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nocobase.procedures.balancer.RouteProof.Finding;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.LoadBalancer;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Seen;

/** nginx in a container, configured by files in a directory on a volume: after its restart it serves the same route. */
final class NginxBalancer implements LoadBalancer {

    /** A reload takes effect within a second or not at all; so long is waited before a person is asked. */
    static final Duration RELOAD_LIMIT = Duration.ofSeconds(30);

    private final BalancerSettings settings;
    private final Clock clock;
    private final Nginx nginx;
    private final ServerBlock block;
    private final Addresses addresses;
    private final RouteProof proof;
    private final BalancerChecks checks;
    private final Draining draining;

    private Prepared last;
    private String awaitedGeneration;
    private Instant otherSince;

    NginxBalancer(String cluster, BalancerSettings settings, Containers containers, Clock clock) {
        BalancerClient client = new BalancerClient(settings.url());
        this.settings = settings;
        this.clock = clock;
        this.nginx = new Nginx(settings, containers);
        this.block = new ServerBlock(cluster, settings, clock.getZone());
        this.addresses = new Addresses(containers, settings.container());
        this.proof = new RouteProof(client, block);
        this.draining = new Draining(new OpenRequests(nginx), addresses, clock);
        this.checks = new BalancerChecks(settings, nginx, block, client);
    }

    private record Prepared(Route route, Configuration configuration) {}

    @Override
    public synchronized void route(Route route) {
        Configuration configuration = configurationOf(route);
        last = new Prepared(route, configuration);
        // The file alone proves nothing: we may have been killed between writing and reloading.
        if (!nginx.has(configuration) || !proof.inForce(configuration.generation())) {
            nginx.load(configuration);
            draining.begin();
        } else {
            nginx.show(configuration);
        }
    }

    @Override
    public synchronized Progress<String> prove(Route route) {
        // Asking nginx's container for addresses at each look would be slow; after our restart it is asked once.
        if (last == null || !last.route().equals(route)) {
            last = new Prepared(route, configurationOf(route));
        }
        Configuration expected = last.configuration();
        Finding finding = proof.of(route, expected);
        if (finding instanceof Finding.OtherRoute other) {
            return otherRoute(expected, other.generation());
        }
        otherSince = null;
        if (finding instanceof Finding.Proven proven) {
            return Progress.done(proven.text());
        } else if (finding instanceof Finding.NotYet notYet) {
            return Progress.pending(notYet.text());
        }
        return silent(((Finding.Silent) finding).reason());
    }

    private Configuration configurationOf(Route route) {
        if (route instanceof Route.Maintenance maintenance) {
            Address underTest = maintenance.underTest() == null ? null : addresses.of(maintenance.underTest());
            return block.maintenance(maintenance, underTest);
        }
        return block.nodes(addresses.of(((Route.Nodes) route).nodes()));
    }

    private Progress<String> otherRoute(Configuration expected, String generation) {
        Instant now = clock.instant();
        if (otherSince == null || !expected.generation().equals(awaitedGeneration)) {
            otherSince = now;
            awaitedGeneration = expected.generation();
        }
        if (Duration.between(otherSince, now).compareTo(RELOAD_LIMIT) < 0) {
            return Progress.pending("the balancer still answers with the previous route");
        }
        return Progress.failed(whyOther(expected, generation));
    }

    private Failure whyOther(Configuration expected, String generation) {
        if (generation.isEmpty()) {
            return Failure.of(
                    settings.url() + " is answered by something else than this cluster's server block.",
                    "Another server block of nginx, or another program, takes these requests. Look at \"nginx -T\" in"
                            + " container " + settings.container()
                            + " for a second server on the same port, and"
                            + " correct listen, server-names or url under procedures.clusters.<name>.balancer.");
        }
        if (!nginx.has(expected)) {
            return Failure.of(
                    "nginx in container " + settings.container()
                            + " has another route in its file than the one to prove.",
                    "A node has got another address since the route was set, or somebody changed the file. Retry: the route is"
                            + " set anew, with the present addresses.");
        }
        return Failure.of(
                "nginx in container " + settings.container() + " still answers with the previous route, "
                        + RELOAD_LIMIT.toSeconds() + " s after its reload.",
                "It could not take over the new configuration: its error log says why (a port in use, a file"
                        + " it may not read). Correct it, then retry.");
    }

    private Progress<String> silent(String reason) {
        if (!nginx.running()) {
            throw new MayHealException(Failure.of(
                    "The balancer's container " + settings.container() + " does not run.",
                    "Start it (its files are in place, it will serve this route), then retry."));
        }
        return Progress.pending("the balancer does not answer at " + settings.url() + ": " + reason);
    }

    @Override
    public synchronized Progress<String> drained(List<Node> leaving, Duration limit) {
        return draining.of(leaving, limit);
    }

    @Override
    public Seen seen() {
        return proof.seen();
    }

    @Override
    public URI privateLink(String link) {
        return settings.shownUrl().resolve("/" + ServerBlock.requireLink(link));
    }

    @Override
    public List<Check> check() {
        return checks.check();
    }
}
