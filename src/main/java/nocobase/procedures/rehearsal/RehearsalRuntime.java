package nocobase.procedures.rehearsal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterRuntime;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.rehearsal.SimulatedNode.Phase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The simulated containers. */
final class RehearsalRuntime implements ClusterRuntime {

    private static final Messages MESSAGES = Messages.of("rehearsal");

    private static final Logger LOG = LoggerFactory.getLogger(RehearsalRuntime.class);
    private static final int LAYERS = 12;
    private static final long IMAGE_BYTES = 1_040_000_000L;

    private final World world;

    RehearsalRuntime(World world) {
        this.world = world;
    }

    @Override
    public ClusterState observe() {
        return world.look(world::state);
    }

    @Override
    public Progress<Image> pull(Version version) {
        // Hundreds of clusters may be asked at once: what is under way is looked at without a lock.
        Optional<Progress<Image>> underWay = world.look((state, now) -> state.pulls.containsKey(version.toString())
                ? Optional.of(pulled(state, version, now))
                : Optional.empty());
        return underWay.orElseGet(() -> world.act((state, now) -> {
            state.aim(version);
            if (!state.pulls.containsKey(version.toString())) {
                launchPull(state, version, now);
            }
            return pulled(state, version, now);
        }));
    }

    @Override
    public boolean hasImage(Version version) {
        return world.look((state, now) -> state.nodes.stream().anyMatch(node -> version.equals(node.version))
                || Optional.ofNullable(state.pulls.get(version.toString()))
                        .filter(pull -> pull.done(now))
                        .isPresent());
    }

    private Progress<Image> pulled(WorldState state, Version version, Instant now) {
        state.aim(version);
        Work pull = state.pulls.get(version.toString());
        if (pull.pending(now)) {
            return Progress.pending(
                    MESSAGES.text("pull.progress", World.image(version), pull.progress(now, LAYERS), LAYERS));
        }
        if (pull.failed(now)) {
            state.pulls.remove(version.toString());
            return Progress.failed(pull.failure());
        }
        return Progress.done(imageOf(version));
    }

    private void launchPull(WorldState state, Version version, Instant now) {
        LOG.info("{}: pulling image {}", world.cluster(), World.image(version));
        state.happened(now, "pull " + version);
        Work pull = new Work(now, world.pace().after(now, Pace.PULL), null);
        Instant refused = world.pace().after(now, Pace.PULL_REFUSED);
        if (state.strikes(RehearsalFault.IMAGE_MISSING)) {
            pull = pull.failingAt(refused, Failures.imageMissing(World.image(version)));
        } else if (state.strikes(RehearsalFault.PULL_FAILS_ONCE)) {
            pull = pull.failingAt(refused, Failures.pullBroke(World.image(version)));
        }
        state.pulls.put(version.toString(), pull);
    }

    private static Image imageOf(Version version) {
        UUID half = UUID.nameUUIDFromBytes(World.image(version).getBytes(StandardCharsets.UTF_8));
        String digest = "sha256:" + (half + "" + half).replace("-", "");
        return new Image(World.image(version), digest, packageVersion(version), "amd64", IMAGE_BYTES);
    }

    private static Version packageVersion(Version version) {
        return RehearsalFault.of(version).contains(RehearsalFault.IMAGE_MISLABELLED)
                ? new Version(version.major(), version.minor(), version.patch() - 1, "")
                : version;
    }

    @Override
    public Progress<ClusterState> scale(Scale scale) {
        return world.act((state, now) -> {
            Set<String> wanted = scale.nodesOf(world.state(state, now)).stream()
                    .map(Node::name)
                    .collect(Collectors.toSet());
            Optional<Failure> unreported = takeUnreported(state, wanted);
            if (unreported.isPresent()) {
                return Progress.failed(unreported.get());
            }
            stopAllBut(state, wanted, now);
            startAll(state, wanted, now);
            return progressOf(state, wanted, now);
        });
    }

    /**
     * What went wrong with a node since it was last told to start or stop. Reported once: whoever scales again after it
     * tries again. A node that ended and is not wanted any more is no failure.
     */
    private static Optional<Failure> takeUnreported(WorldState state, Set<String> wanted) {
        List<SimulatedNode> failed =
                state.nodes.stream().filter(node -> node.unreported != null).toList();
        Optional<Failure> failure = failed.stream()
                .filter(node -> node.running() != wanted.contains(node.name))
                .map(node -> node.unreported)
                .findFirst();
        failed.forEach(node -> node.unreported = null);
        return failure;
    }

    private void stopAllBut(WorldState state, Set<String> wanted, Instant now) {
        List<SimulatedNode> leaving = state.nodes.stream()
                .filter(node -> node.running() && node.phase != Phase.STOPPING && !wanted.contains(node.name))
                .toList();
        if (leaving.isEmpty()) {
            return;
        }
        if (wanted.isEmpty()
                && (state.strikes(RehearsalFault.ENGINE_SILENT_ONCE) || state.strikes(RehearsalFault.ENGINE_SILENT))) {
            throw new UncheckedIOException(
                    MESSAGES.text("failure.engineSilent", world.cluster()), new IOException("Connection refused"));
        }
        boolean refuses = state.strikes(RehearsalFault.STOP_FAILS_ONCE);
        for (SimulatedNode node : leaving) {
            LOG.info("{}: stopping node {}, 30 s grace", world.cluster(), node.name);
            boolean last = node == leaving.get(leaving.size() - 1);
            world.simulation().stop(state, node, refuses && last, now);
        }
    }

    private void startAll(WorldState state, Set<String> wanted, Instant now) {
        for (SimulatedNode node : state.nodes) {
            if (wanted.contains(node.name) && !node.running()) {
                LOG.info("{}: starting node {} with {}", world.cluster(), node.name, World.image(node.version));
                world.simulation().start(state, node, now);
            }
        }
    }

    private Progress<ClusterState> progressOf(WorldState state, Set<String> wanted, Instant now) {
        List<String> stopping = state.nodes.stream()
                .filter(node -> node.phase == Phase.STOPPING)
                .map(node -> node.name)
                .toList();
        if (!stopping.isEmpty()) {
            return Progress.pending("stopping " + String.join(", ", stopping));
        }
        boolean fits = state.nodes.stream().allMatch(node -> node.running() == wanted.contains(node.name));
        return fits ? Progress.done(world.state(state, now)) : Progress.pending("starting " + wanted);
    }

    @Override
    public List<Node> beyond(Scale scale) {
        return world.look((state, now) -> {
            ClusterState nodes = world.state(state, now);
            List<Node> wanted = scale.nodesOf(nodes);
            return nodes.nodes().stream().filter(node -> !wanted.contains(node)).toList();
        });
    }

    @Override
    public void expel(List<Node> intruders) {
        world.act((state, now) -> {
            intruders.stream()
                    .map(intruder -> state.node(intruder.name()))
                    .filter(node -> node.running() && node.phase != Phase.STOPPING)
                    .forEach(node -> {
                        LOG.info("{}: stopping intruder {}", world.cluster(), node.name);
                        world.simulation().stop(state, node, false, now);
                    });
            return null;
        });
    }

    @Override
    public Progress<Void> asOwned(Node node) {
        return Progress.done(null);
    }

    @Override
    public void prepare(Version version, OperationId operation) {
        world.act((state, now) -> {
            Work pull = state.pulls.get(version.toString());
            if (pull == null || !pull.done(now)) {
                throw new CannotProceedException(Failures.notPulled(World.image(version)));
            }
            LOG.info("{}: the nodes' replacements with {} are made beforehand", world.cluster(), World.image(version));
            return null;
        });
    }

    @Override
    public void switchVersion(Version version, OperationId operation) {
        world.act((state, now) -> {
            state.aim(version);
            requireAllStopped(state, MESSAGES.text("purpose.switch"));
            Work pull = state.pulls.get(version.toString());
            if (pull == null || !pull.done(now)) {
                throw new CannotProceedException(Failures.notPulled(World.image(version)));
            }
            if (state.nodes.stream().allMatch(node -> node.version.equals(version))) {
                return null;
            }
            if (state.strikes(RehearsalFault.SWITCH_FAILS_ONCE)) {
                throw new CannotProceedException(Failures.nameTaken(state.nodes.get(state.nodes.size() - 1).name));
            }
            setAside(state, operation);
            makeNodes(state, version, now);
            return null;
        });
    }

    private static void setAside(WorldState state, OperationId operation) {
        Map<String, Version> present = new LinkedHashMap<>();
        state.nodes.forEach(node -> present.put(node.name, node.version));
        state.aside.putIfAbsent(operation.value(), present);
    }

    private void makeNodes(WorldState state, Version version, Instant now) {
        for (SimulatedNode node : state.nodes) {
            LOG.info("{}: recreating node {} with {}", world.cluster(), node.name, World.image(version));
            node.version = version;
            node.startedAt = null;
        }
        state.happened(now, "switch to " + version);
    }

    private static void requireAllStopped(WorldState state, String purpose) {
        List<SimulatedNode> running = state.running();
        if (!running.isEmpty()) {
            String names = running.stream().map(node -> node.name).collect(Collectors.joining(", "));
            throw new CannotProceedException(Failures.nodesRun(names, purpose));
        }
    }

    @Override
    public void switchBack(OperationId operation) {
        world.act((state, now) -> {
            Map<String, Version> aside = state.aside.get(operation.value());
            if (aside == null) {
                return null;
            }
            requireAllStopped(state, MESSAGES.text("purpose.switchBack"));
            state.aside.remove(operation.value());
            aside.forEach((name, version) -> {
                LOG.info("{}: putting back node {} with {}", world.cluster(), name, World.image(version));
                state.node(name).version = version;
                state.node(name).startedAt = null;
            });
            state.happened(now, "switch back to " + aside.values().iterator().next());
            return null;
        });
    }

    @Override
    public void finish(OperationId operation) {
        world.act((state, now) -> {
            if (state.strikes(RehearsalFault.TIDY_UP_FAILS_ONCE)) {
                throw new CannotProceedException(Failures.tidyUpBroke());
            }
            if (state.aside.remove(operation.value()) != null || state.target != null) {
                LOG.info(
                        "{}: finishing {}: old containers removed, restart policies put back",
                        world.cluster(),
                        operation);
                state.happened(now, "finish");
            }
            state.aimAtNothing();
            return null;
        });
    }

    @Override
    public String logTail(String node, int lines) {
        return world.look((state, now) -> {
            SimulatedNode found = state.node(node);
            return found == null ? "" : RehearsalLog.tail(found, world.pace(), now, lines);
        });
    }

    @Override
    public List<Check> check(Version target) {
        return world.act((state, now) -> {
            List<Check> checks = new ArrayList<>();
            checks.add(nodesCheck(state));
            checks.add(sameVersionCheck(state));
            checks.add(Check.pass(MESSAGES.text("check.environment"), MESSAGES.text("check.environment.equal")));
            checks.add(Check.pass(MESSAGES.text("check.storage"), MESSAGES.text("check.storage.mounted")));
            checks.add(roomCheck(target));
            if (target != null) {
                checks.add(imageCheck(target));
                checks.add(clocksCheck(state, target, now));
            }
            return checks;
        });
    }

    @Override
    public List<Check> checkFirstStart() {
        return world.look((state, now) -> List.of(
                nodesCheck(state),
                sameVersionCheck(state),
                Check.pass(MESSAGES.text("check.environment"), MESSAGES.text("check.environment.equal")),
                Check.pass("APP_KEY", MESSAGES.text("check.appKey.set")),
                noneRunsCheck(state),
                Check.pass(MESSAGES.text("check.storage"), MESSAGES.text("check.storage.seen"))));
    }

    private static Check noneRunsCheck(WorldState state) {
        List<String> running = state.running().stream().map(node -> node.name).toList();
        return running.isEmpty()
                ? Check.pass(MESSAGES.text("check.stopped"), MESSAGES.text("check.stopped.all"))
                : Check.warn(
                        MESSAGES.text("check.stopped"),
                        MESSAGES.text("check.stopped.running", String.join(", ", running)),
                        MESSAGES.text("check.stopped.remedy"));
    }

    private static Check nodesCheck(WorldState state) {
        if (state.nodes.isEmpty()) {
            return Check.fail(
                    MESSAGES.text("check.nodes"),
                    MESSAGES.text("check.nodes.none"),
                    MESSAGES.text("check.nodes.none.remedy"));
        }
        return Check.pass(
                MESSAGES.text("check.nodes"), state.nodes.size() + ": " + String.join(", ", state.nodeNames()) + ".");
    }

    private static Check sameVersionCheck(WorldState state) {
        Map<Version, List<String>> byVersion = state.nodes.stream()
                .collect(Collectors.groupingBy(
                        node -> node.version,
                        LinkedHashMap::new,
                        Collectors.mapping(node -> node.name, Collectors.toList())));
        return byVersion.size() <= 1
                ? Check.pass(
                        MESSAGES.text("check.image"),
                        MESSAGES.text(
                                "check.image.same",
                                byVersion.keySet().stream().map(World::image).collect(Collectors.joining(", "))))
                : Check.fail(
                                MESSAGES.text("check.image"),
                                MESSAGES.text("check.image.differ", byVersion),
                                MESSAGES.text("check.image.differ.remedy"))
                        .mendedByReturn();
    }

    private static Check roomCheck(Version target) {
        if (RehearsalFault.of(target).contains(RehearsalFault.PRECONDITION_FAILS)) {
            return Check.fail(
                    MESSAGES.text("check.room"),
                    MESSAGES.text("check.room.none"),
                    MESSAGES.text("check.room.none.remedy"));
        }
        if (RehearsalFault.of(target).contains(RehearsalFault.PRECONDITION_WARNS)) {
            return Check.warn(
                    MESSAGES.text("check.room"),
                    MESSAGES.text("check.room.little"),
                    MESSAGES.text("check.room.little.remedy"));
        }
        return Check.pass(MESSAGES.text("check.room"), MESSAGES.text("check.room.enough"));
    }

    private static Check imageCheck(Version target) {
        String image = World.image(target);
        Set<RehearsalFault> faults = RehearsalFault.of(target);
        if (faults.contains(RehearsalFault.IMAGE_MISSING)) {
            Failure missing = Failures.imageMissing(image);
            return Check.fail(MESSAGES.text("check.targetImage"), missing.what(), missing.remedy());
        }
        if (faults.contains(RehearsalFault.IMAGE_MISLABELLED)) {
            Failure mislabelled = Failures.mislabelled(image, packageVersion(target));
            return Check.fail(MESSAGES.text("check.targetImage"), mislabelled.what(), mislabelled.remedy());
        }
        return Check.pass(MESSAGES.text("check.targetImage"), MESSAGES.text("check.targetImage.found", image, target));
    }

    /** Fails once, and only after the pull: the preconditions are asked again right before the 503 page. */
    private static Check clocksCheck(WorldState state, Version target, Instant now) {
        Work pull = state.pulls.get(target.toString());
        boolean pulled = pull != null && pull.done(now);
        if (pulled && state.strikes(RehearsalFault.PRECONDITION_FAILS_LATE)) {
            return Check.fail(
                    MESSAGES.text("check.clocks"),
                    MESSAGES.text("check.clocks.behind"),
                    MESSAGES.text("check.clocks.behind.remedy"));
        }
        return Check.pass(MESSAGES.text("check.clocks"), MESSAGES.text("check.clocks.equal"));
    }
}
