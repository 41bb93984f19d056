package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.exception.DockerException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;

/** The preconditions of one Docker engine: the engine, the nodes on it, the target image. Nothing is changed by looking. */
final class RuntimeChecks {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Duration NOTICEABLE = Duration.ofSeconds(2);
    private static final Duration UNBEARABLE = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofSeconds(10);
    /** For the containers' own layers and logs. */
    private static final long SPARE_BYTES = 1L << 30;
    /** df -P: file system, blocks of 1024 bytes, used, available. */
    private static final Pattern AVAILABLE = Pattern.compile("\\S+\\s+\\d+\\s+\\d+\\s+(\\d+)\\s+\\d+%");

    private final DockerEngine engine;
    private final ImagePull images;
    private final GracefulStop gracefulStop;
    private final Commands commands;
    private final Clock clock;

    RuntimeChecks(DockerEngine engine, ImagePull images, GracefulStop gracefulStop, Clock clock) {
        this.engine = engine;
        this.images = images;
        this.gracefulStop = gracefulStop;
        this.commands = new Commands(engine);
        this.clock = clock;
    }

    static Check unreachable(EngineFault fault) {
        return Check.fail(MESSAGES.text("engine.name"), fault.getMessage(), MESSAGES.text("engine.unreachableRemedy"));
    }

    static Check failing(EngineFailure failure) {
        return Check.fail(MESSAGES.text("engine.name"), failure.getMessage(), MESSAGES.text("engine.failingRemedy"));
    }

    /** @param selected all containers on this engine that the selectors fit */
    List<Check> run(Version target, List<NodeContainer> selected) {
        Instant before = clock.instant();
        JsonNode info = engine.get("/info");
        Duration trip = Duration.between(before, clock.instant());
        List<NodeContainer> running = NodeSelection.nodesAmong(selected).stream()
                .filter(NodeContainer::running)
                .toList();
        List<Check> checks = new ArrayList<>();
        checks.add(Check.pass(
                MESSAGES.text("engine.name"),
                MESSAGES.text(
                        "engine.good",
                        info.path("ServerVersion").asText(),
                        info.path("Name").asText())));
        checks.add(clocks(info, before.plus(trip.dividedBy(2))));
        if (!running.isEmpty()) {
            checks.add(gracefulStop(untold(running)));
        }
        if (target != null) {
            checks.add(images.check(target));
            long needed = SPARE_BYTES + (images.isHere(target) ? 0 : presentImageSize(selected));
            checks.add(room(running.stream().findFirst().flatMap(this::available), needed));
        }
        return checks;
    }

    /** Stands for times of containers and of this engine that are compared with each other: no call refuses them. */
    private Check clocks(JsonNode info, Instant ours) {
        String name = MESSAGES.text("clocks.name");
        Duration difference = Duration.between(
                        ours, Instant.parse(info.path("SystemTime").asText()))
                .abs();
        String finding = MESSAGES.text("clocks.difference", difference.toMillis() / 1000.0);
        String remedy = MESSAGES.text("clocks.remedy");
        if (difference.compareTo(UNBEARABLE) > 0) {
            return Check.fail(name, finding, remedy);
        }
        return difference.compareTo(NOTICEABLE) > 0 ? Check.warn(name, finding, remedy) : Check.pass(name, finding);
    }

    private List<String> untold(List<NodeContainer> running) {
        return running.stream()
                .filter(node -> !gracefulStop.findsApplication(node))
                .map(NodeContainer::name)
                .toList();
    }

    /**
     * The very search that the stop begins with has been made in each node.
     *
     * @param untold nodes whose application cannot be told to stop
     */
    static Check gracefulStop(List<String> untold) {
        String name = MESSAGES.text("stop.name");
        return untold.isEmpty()
                ? Check.pass(name, MESSAGES.text("stop.good"))
                : Check.warn(name, MESSAGES, "stop.untold.", String.join(", ", untold));
    }

    /**
     * Stands for the pull and for making the containers; room cannot be rehearsed.
     *
     * @param available bytes free where containers and images lie, if that could be measured
     */
    static Check room(Optional<Long> available, long needed) {
        String name = MESSAGES.text("disk.name");
        if (available.isEmpty()) {
            return Check.warn(name, MESSAGES, "disk.unknown.", Sizes.shown(needed));
        }
        String finding = MESSAGES.text("disk.space", Sizes.shown(available.get()), Sizes.shown(needed));
        return available.get() < needed
                ? Check.fail(name, finding, MESSAGES.text("disk.remedy"))
                : Check.pass(name, finding);
    }

    /** Containers and images lie on the same file system; df in a container sees it below its root. */
    private Optional<Long> available(NodeContainer node) {
        try {
            ExecResult result = commands.run(node.id(), List.of("df", "-Pk", "/"), LOOK);
            Matcher matcher = AVAILABLE.matcher(result.output());
            return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1)) * 1024) : Optional.empty();
        } catch (DockerException | EngineFault e) {
            return Optional.empty();
        }
    }

    /** The target's size is not known before it is here; it will be about the present one's. */
    private long presentImageSize(List<NodeContainer> selected) {
        return selected.stream()
                .findFirst()
                .flatMap(node -> engine.image(node.imageId()))
                .map(image -> image.path("Size").asLong())
                .orElse(0L);
    }
}
