package nocobase.procedures.balancer;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import nocobase.procedures.balancer.RouteProof.Finding;
import nocobase.procedures.cluster.BalancerSettings;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.LoadBalancer;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.NodePaths;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** nginx in a container, configured by files in a directory on a volume: after its restart it serves the same route. */
final class NginxBalancer implements LoadBalancer {

    private static final Messages MESSAGES = Messages.of("balancer");

    private static final Logger LOG = LoggerFactory.getLogger(NginxBalancer.class);

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

    private final RouteChecks routeChecks;
    private final Supplier<NodePaths> learnt;

    /** Where the nodes' NocoBase answers; null before anybody told. */
    private volatile NodePaths paths;
    /** Directives that the owner's lines say; null before anybody looked. */
    private Set<String> owners;

    private Prepared last;
    private String awaitedGeneration;
    private Instant otherSince;

    NginxBalancer(String cluster, BalancerSettings settings, Containers containers, Clock clock) {
        this(cluster, settings, containers, clock, () -> NodePaths.DEFAULT);
    }

    /** @param learnt where the nodes' NocoBase answers, as they tell now */
    NginxBalancer(
            String cluster, BalancerSettings settings, Containers containers, Clock clock, Supplier<NodePaths> learnt) {
        this.learnt = learnt;
        BalancerClient client = new BalancerClient(settings.url());
        this.settings = settings;
        this.clock = clock;
        this.nginx = new Nginx(settings, containers);
        this.block = new ServerBlock(cluster, settings, clock.getZone());
        this.addresses = new Addresses(containers, settings.container());
        this.proof = new RouteProof(client, block);
        this.draining = new Draining(new OpenRequests(nginx), addresses, clock);
        this.checks = new BalancerChecks(settings, nginx, block, client);
        this.routeChecks = new RouteChecks(cluster, nginx, block, addresses);
    }

    private record Prepared(Route route, Configuration configuration) {}

    @Override
    public synchronized void route(Route route) {
        while (!ensure(route)) {
            LOG.info("{} is as the owner's lines say", owners);
        }
    }

    /** False if a directive of ours was in the owner's way, which is left out from now on. */
    private boolean ensure(Route route) {
        Configuration configuration = configurationOf(route);
        last = new Prepared(route, configuration);
        // The file alone proves nothing: we may have been killed between writing and reloading.
        if (nginx.has(configuration) && proof.inForce(configuration.generation(), pathsOf(route))) {
            nginx.show(configuration);
            return true;
        }
        try {
            nginx.load(configuration);
        } catch (OwnersLineException e) {
            if (OwnersLines.yields(e.directive()) && owners.add(e.directive())) {
                return false;
            }
            throw e;
        }
        draining.begin();
        return true;
    }

    /** The nodes' own, where the route has some. */
    private NodePaths pathsOf(Route route) {
        if (route instanceof Route.Nodes nodes && !nodes.nodes().isEmpty()) {
            paths = nodes.nodes().get(0).paths();
        } else if (route instanceof Route.Maintenance maintenance && maintenance.underTest() != null) {
            paths = maintenance.underTest().paths();
        }
        return paths();
    }

    private NodePaths paths() {
        if (paths == null) {
            try {
                paths = learnt.get();
            } catch (RuntimeException e) {
                LOG.info("Where the nodes answer could not be learnt: {}", e.getMessage());
                return NodePaths.DEFAULT;
            }
        }
        return paths;
    }

    private Manner mannerOf(Route route) {
        if (owners == null) {
            owners = OwnersLines.leftOut(nginx.routeOf(block.fileName()));
        }
        return new Manner(pathsOf(route), owners);
    }

    @Override
    public synchronized Progress<String> prove(Route route) {
        // Asking nginx's container for addresses at each look would be slow; after our restart it is asked once.
        if (last == null || !last.route().equals(route)) {
            last = new Prepared(route, configurationOf(route));
        }
        Configuration expected = last.configuration();
        Finding finding = proof.of(route, expected, pathsOf(route));
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
            return block.maintenance(maintenance, underTest, mannerOf(route));
        }
        return block.nodes(addresses.of(((Route.Nodes) route).nodes()), mannerOf(route));
    }

    private Progress<String> otherRoute(Configuration expected, String generation) {
        Instant now = clock.instant();
        if (otherSince == null || !expected.generation().equals(awaitedGeneration)) {
            otherSince = now;
            awaitedGeneration = expected.generation();
        }
        if (Duration.between(otherSince, now).compareTo(RELOAD_LIMIT) < 0) {
            return Progress.pending(MESSAGES.text("route.previous"));
        }
        return Progress.failed(whyOther(expected, generation));
    }

    private Failure whyOther(Configuration expected, String generation) {
        if (generation.isEmpty()) {
            return Failure.of(
                    MESSAGES.text("route.foreign", settings.url()),
                    MESSAGES.text("route.foreign.remedy", settings.container()));
        }
        if (!nginx.has(expected)) {
            return Failure.of(
                    MESSAGES.text("route.changed", settings.container()), MESSAGES.text("route.changed.remedy"));
        }
        return Failure.of(
                MESSAGES.text("route.notTaken", settings.container(), RELOAD_LIMIT.toSeconds()),
                MESSAGES.text("route.notTaken.remedy"));
    }

    private Progress<String> silent(String reason) {
        if (!nginx.running()) {
            throw new MayHealException(Failure.of(
                    MESSAGES.text("route.stopped", settings.container()), MESSAGES.text("route.stopped.remedy")));
        }
        return Progress.pending(MESSAGES.text("route.silent", settings.url(), reason));
    }

    @Override
    public synchronized Progress<String> drained(List<Node> leaving, Duration limit) {
        return draining.of(leaving, limit);
    }

    @Override
    public Seen seen() {
        return proof.seen(paths());
    }

    @Override
    public URI privateLink(String link) {
        return settings.shownUrl().resolve(paths().pages() + ServerBlock.requireLink(link));
    }

    @Override
    public synchronized List<Check> check(List<Node> nodes) {
        nodes.stream().findFirst().ifPresent(node -> paths = node.paths());
        if (!checks.runs()) {
            return checks.check(Optional.empty());
        }
        RouteChecks.Found found = routeChecks.of(nodes, paths());
        owners = found.owners();
        List<Check> all = new ArrayList<>(checks.check(found.included()));
        all.addAll(found.checks());
        return all;
    }
}
