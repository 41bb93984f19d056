package nocobase.procedures.rehearsal;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.LoadBalancer;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Route;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.language.Messages;
import nocobase.procedures.rehearsal.SimulatedNode.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated nginx. */
final class RehearsalBalancer implements LoadBalancer {

    private static final Messages MESSAGES = Messages.of("rehearsal");

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalBalancer.class);

    private static final int USUALLY_OPEN = 3;

    private final World world;

    RehearsalBalancer(World world) {
        this.world = world;
    }

    @Override
    public void route(Route route) {
        world.act((state, now) -> {
            SimulatedRoute wanted = SimulatedRoute.of(route, now);
            if (state.route.sameAs(wanted) && !state.route.refusesClients()) {
                state.route = state.route.showingAs(wanted);
                return null;
            }
            if (wanted.closed() && state.strikes(RehearsalFault.BALANCER_AWAY)) {
                throw new MayHealException(Failures.balancerAway());
            }
            if (refused(state, wanted)) {
                state.happened(now, "route refused: " + wanted.text());
                throw new CannotProceedException(Failures.routeRefused());
            }
            LOG.info("{}: routing clients to {}", world.cluster(), wanted.text());
            state.happened(now, "route " + wanted.text());
            watch(state, wanted, now);
            boolean unproven = toCluster(state, wanted) && state.strikes(RehearsalFault.CLUSTER_ROUTE_UNPROVEN_ONCE);
            leaveOpen(state, wanted, now);
            state.route = unproven ? wanted.refusingClients() : wanted;
            return null;
        });
    }

    /** What is under way at the nodes that clients are no longer sent to goes on there. */
    private void leaveOpen(WorldState state, SimulatedRoute wanted, Instant now) {
        wanted.nodes().forEach(state.openRequests::remove);
        state.route.nodes().stream()
                .filter(name -> !wanted.nodes().contains(name))
                .filter(name -> state.node(name) != null && state.node(name).phase == Phase.READY)
                .forEach(name -> state.openRequests.put(name, openRequests(state, now)));
    }

    private SimulatedRequests openRequests(WorldState state, Instant now) {
        return state.strikes(RehearsalFault.REQUEST_STAYS_OPEN_ONCE)
                ? new SimulatedRequests(1, now, world.pace().after(now, Pace.OPEN_FOR_LONG))
                : new SimulatedRequests(USUALLY_OPEN, now, world.pace().after(now, Pace.OPEN_REQUESTS));
    }

    @Override
    public Progress<String> drained(List<Node> leaving, Duration limit) {
        return world.look((state, now) -> {
            leaving.stream()
                    .map(Node::name)
                    .filter(state.route.nodes()::contains)
                    .forEach(name -> state.violated(
                            now, "the requests at " + name + " were awaited while clients were routed to it"));
            int open = leaving.stream()
                    .mapToInt(node -> state.openRequests(node.name(), now))
                    .sum();
            if (open == 0) {
                return Progress.done(MESSAGES.text("drain.none"));
            }
            if (now.isBefore(state.route.since().plus(limit))) {
                return Progress.pending(MESSAGES.text("drain.open", open));
            }
            leaving.forEach(node -> state.openRequests.remove(node.name()));
            state.happened(now, (open == 1 ? "1 request" : open + " requests") + " cut");
            return Progress.done(MESSAGES.text("drain.cut", open, limit.toSeconds()));
        });
    }

    private static boolean refused(WorldState state, SimulatedRoute wanted) {
        if (wanted.closed()) {
            return wanted.underTest() == null && state.strikes(RehearsalFault.MAINTENANCE_ROUTE_REFUSED_ONCE);
        }
        if (!toCluster(state, wanted)) {
            return false;
        }
        boolean onTarget = state.nodes.get(0).version.equals(state.target);
        return (onTarget || state.target == null)
                ? state.strikes(RehearsalFault.CLUSTER_ROUTE_REFUSED_ONCE)
                : state.strikes(RehearsalFault.PREVIOUS_ROUTE_REFUSED_ONCE);
    }

    private static boolean toCluster(WorldState state, SimulatedRoute wanted) {
        return wanted.nodes().size() > 1 || (state.nodes.size() == 1 && !wanted.closed());
    }

    /** What a right procedure never does when it lets clients in. */
    private static void watch(WorldState state, SimulatedRoute wanted, Instant now) {
        wanted.nodes().stream()
                .filter(name -> state.node(name) == null || state.node(name).phase != Phase.READY)
                .forEach(name -> state.violated(now, "clients were routed to " + name + ", which is not ready"));
        if (wanted.closed() || state.database.version() == null) {
            return;
        }
        state.restorePoints.values().stream()
                .filter(point -> point.taken(now) && !point.cloneGone && !point.secured(now))
                .filter(point -> point.content.version() != null
                        && point.content.version().isBelow(state.database.version()))
                .forEach(point -> state.violated(
                        now, "clients were let in before the durable copy of " + point.id + " was verified"));
    }

    @Override
    public Progress<String> prove(Route route) {
        return world.look((state, now) -> {
            SimulatedRoute wanted = SimulatedRoute.of(route, now);
            if (!state.route.sameAs(wanted)) {
                return Progress.failed(Failures.otherRoute(wanted.text(), state.route.text()));
            }
            if (now.isBefore(world.pace().after(state.route.since(), Pace.RELOAD))) {
                return Progress.pending(MESSAGES.text("route.previous"));
            }
            if (state.route.refusesClients()) {
                return Progress.failed(Failures.clientsRefused());
            }
            return wanted.closed() ? closedProof(wanted) : clusterProof(state, wanted);
        });
    }

    @Override
    public Seen seen() {
        return world.look((state, now) -> {
            if (state.route.closed()) {
                return new Seen(Seen.Kind.MAINTENANCE_PAGE, MESSAGES.text("seen.page"));
            }
            boolean reached = !state.route.refusesClients()
                    && state.route.nodes().stream()
                            .map(state::node)
                            .anyMatch(node -> node != null && node.phase == Phase.READY);
            return reached
                    ? new Seen(Seen.Kind.SERVED, MESSAGES.text("seen.nodes", state.route.text()))
                    : new Seen(Seen.Kind.TROUBLE, MESSAGES.text("seen.badGateway"));
        });
    }

    private static Progress<String> closedProof(SimulatedRoute route) {
        String link = route.underTest() == null ? "" : MESSAGES.text("proof.link", route.underTest());
        return Progress.done(MESSAGES.text("proof.page", link));
    }

    private static Progress<String> clusterProof(WorldState state, SimulatedRoute route) {
        for (String name : route.nodes()) {
            SimulatedNode node = state.node(name);
            if (node == null || node.phase != Phase.READY) {
                return Progress.pending(MESSAGES.text("proof.badGateway", name));
            }
        }
        return Progress.done(MESSAGES.text("proof.nodes", String.join(", ", route.nodes())));
    }

    @Override
    public URI privateLink(String link) {
        // A page of the engine itself: no simulated node listens anywhere.
        return URI.create("/rehearsal/" + world.cluster() + "/node/" + link);
    }

    @Override
    public List<Check> check(List<Node> nodes) {
        return world.look((state, now) -> List.of(
                Check.pass(MESSAGES.text("check.balancer"), MESSAGES.text("check.balancer.valid")),
                Check.pass(MESSAGES.text("check.route"), MESSAGES.text("check.route.found", state.route.text()))));
    }
}
