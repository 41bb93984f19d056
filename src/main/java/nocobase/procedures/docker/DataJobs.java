package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers.ExecResult;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One-off containers. The container itself is the job's whole memory: absent, created (its files are put in and it is
 * started), running, ended.
 *
 * <p>A job that belongs to no operation has one name for ever. Its container bears the cluster's hash in its name, for another
 * cluster of that name may be on this host; and of its own description, for the settings may have changed since.
 */
final class DataJobs {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(DataJobs.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern OPERATION = Pattern.compile("[a-z][a-z0-9-]{0,23}-[a-z2-7]{8}(?=-|$)");
    /** Where jobs write, and their files are. */
    private static final List<String> OWN_PLACES = List.of("/tmp", "/procedures");

    private static final int FILE_MODE = 0600;
    /** More lines than 64 KiB hold in practice; what is cut is cut from the front. */
    private static final int LINES = 4000;

    private final String cluster;
    private final String stack;
    private final NodesNetworks nodesNetworks;
    private final DockerEngine engine;
    private final NamedContainers named;
    private final Archives archives;
    private final NodeLogs logs;
    private final Clock clock;

    DataJobs(
            String cluster,
            String stack,
            NodesNetworks nodesNetworks,
            DockerEngine engine,
            NamedContainers named,
            Archives archives,
            NodeLogs logs,
            Clock clock) {
        this.cluster = cluster;
        this.stack = stack;
        this.nodesNetworks = nodesNetworks;
        this.engine = engine;
        this.named = named;
        this.archives = archives;
        this.logs = logs;
        this.clock = clock;
    }

    Progress<ExecResult> ensure(DataJob job) {
        NodeContainer container = existing(job).orElseGet(() -> create(job));
        if (container.running()) {
            return Progress.pending(text(job, container.startedAt()));
        }
        if (container.startedAt() == null) {
            return start(job, container);
        }
        return Progress.done(new ExecResult(container.exitCode(), logs.read(container.id(), LINES)));
    }

    void forget(String name) {
        engine.container(containerName(name)).map(NodeContainer::new).ifPresent(container -> {
            refuseForeign(container);
            remove(container);
        });
    }

    private void remove(NodeContainer container) {
        String name = container.name();
        LOG.info("Removing job {}", name);
        try {
            engine.patient()
                    .removeContainerCmd(container.id())
                    .withForce(true)
                    .withRemoveVolumes(false)
                    .exec();
        } catch (NotFoundException | ConflictException e) {
            LOG.debug("Job {} is gone, or is being removed, already", name);
        }
    }

    private Optional<NodeContainer> existing(DataJob job) {
        Optional<NodeContainer> container =
                engine.container(containerName(job.name())).map(NodeContainer::new);
        container.ifPresent(this::refuseForeign);
        Optional<NodeContainer> other = container.filter(it -> isAnother(it, job));
        if (other.isPresent()) {
            LOG.info("Job {} is described otherwise now", job.name());
            remove(other.get());
            return Optional.empty();
        }
        return container;
    }

    /** An operation's job is found again by its name alone, also by a newer version of this engine. */
    private static boolean isAnother(NodeContainer container, DataJob job) {
        return operationIn(job.name()).isEmpty() && !container.label(Marks.JOB).equals(hash(job));
    }

    /** Without the files' contents, which hold secrets. */
    private static String hash(DataJob job) {
        return Hash.of(
                job.name(),
                job.image(),
                job.like(),
                job.command(),
                new TreeMap<>(job.environment()),
                new TreeSet<>(job.files().keySet()),
                job.mounts(),
                job.volumesFrom(),
                job.network());
    }

    private String containerName(String job) {
        return operationIn(job).isPresent() ? job : job + "-" + stack.substring(0, 8);
    }

    private static Optional<String> operationIn(String job) {
        Matcher operation = OPERATION.matcher(job);
        return operation.lookingAt() ? Optional.of(operation.group()) : Optional.empty();
    }

    private NodeContainer create(DataJob job) {
        String reference = job.image() != null ? job.image() : imageOf(job.like());
        JsonNode image = engine.image(reference)
                .orElseThrow(
                        () -> new CannotProceedException(Failure.of(MESSAGES, "job.noImage.", reference, job.name())));
        LOG.info("Creating job {} with image {}", job.name(), reference);
        try {
            engine.post("/containers/create?name=" + DockerEngine.encoded(containerName(job.name())), body(job, image));
        } catch (ConflictException e) {
            LOG.debug("Job {} was created by another process this moment", job.name());
        } catch (DockerException e) {
            throw notCreated(job, e);
        }
        return existing(job).orElseThrow(() -> new EngineFault(MESSAGES.text("job.vanished", job.name()), null));
    }

    private Progress<ExecResult> start(DataJob job, NodeContainer container) {
        if (!job.files().isEmpty()) {
            Map<String, byte[]> files = job.files().entrySet().stream()
                    .collect(Collectors.toMap(
                            file -> file.getKey().replaceFirst("^/+", ""),
                            file -> file.getValue().getBytes(StandardCharsets.UTF_8)));
            archives.put(container.id(), "/", files, FILE_MODE);
        }
        LOG.info("Starting job {}", job.name());
        try {
            if (joinsNodes(job)) {
                nodesNetworks.connect(container);
            }
            engine.patient().startContainerCmd(container.id()).exec();
        } catch (NotModifiedException e) {
            LOG.debug("Job {} runs already", job.name());
        } catch (DockerException e) {
            return Progress.failed(Failure.of(MESSAGES, "job.notStarted.", job.name(), DockerEngine.reason(e)));
        }
        return Progress.pending(text(job, clock.instant()));
    }

    /**
     * Root, because the files are root's. The command replaces the image's entry point, which is made for servers. The log
     * is kept by the engine whatever its default, and cannot fill the disk.
     */
    private ObjectNode body(DataJob job, JsonNode image) {
        ObjectNode body = JSON.createObjectNode();
        body.put("Image", image.path("Id").asText());
        body.put("User", "0:0");
        job.command().forEach(body.putArray("Entrypoint")::add);
        body.putArray("Cmd");
        job.environment().forEach((key, value) -> body.withArray("/Env").add(key + "=" + value));
        // An image's health check would be run in the job too.
        body.putObject("Healthcheck").putArray("Test").add("NONE");
        ObjectNode labels = body.putObject("Labels");
        labels.put(Marks.CLUSTER, cluster)
                .put(Marks.STACK, stack)
                .put(Marks.ROLE, "job")
                .put(Marks.JOB, hash(job));
        operationIn(job.name()).ifPresent(operation -> labels.put(Marks.OPERATION, operation));
        ObjectNode host = body.putObject("HostConfig");
        job.mounts().forEach(host.putArray("Binds")::add);
        if (joinsNodes(job)) {
            nodesNetworks.into(host);
        } else {
            host.put("NetworkMode", job.network() == null ? "none" : job.network());
        }
        host.putObject("RestartPolicy").put("Name", "no");
        host.putObject("LogConfig")
                .put("Type", "json-file")
                .putObject("Config")
                .put("max-size", "4m")
                .put("max-file", "1");
        if (job.volumesFrom() != null) {
            borrow(job, host);
        }
        Volumes.coverDeclared(image, host);
        attachedPaths(job).forEach(host.withObject("/Tmpfs")::remove);
        return body;
    }

    private static boolean joinsNodes(DataJob job) {
        return DataJob.NODES_NETWORKS.equals(job.network());
    }

    /** All that the lender mounts, but for what it has where the job itself must write. */
    private void borrow(DataJob job, ObjectNode host) {
        List<JsonNode> mounts = new ArrayList<>();
        named.find(lender(job)).ifPresent(lender -> lender.json().path("Mounts").forEach(mounts::add));
        List<JsonNode> lent =
                mounts.stream().filter(mount -> !isOwnPlace(job, mount)).toList();
        if (lent.size() == mounts.size()) {
            host.putArray("VolumesFrom").add(volumesFrom(job));
            return;
        }
        boolean readOnly = job.volumesFrom().endsWith(":ro");
        lent.forEach(mount -> host.withArray("/Binds").add(bind(mount, readOnly)));
    }

    private static boolean isOwnPlace(DataJob job, JsonNode mount) {
        String target = mount.path("Destination").asText();
        return OWN_PLACES.stream().anyMatch(place -> target.equals(place) || target.startsWith(place + "/"))
                || job.mounts().stream().anyMatch(own -> own.split(":")[1].equals(target));
    }

    private static String bind(JsonNode mount, boolean readOnly) {
        String source = mount.path("Type").asText().equals("volume")
                ? mount.path("Name").asText()
                : mount.path("Source").asText();
        boolean may = mount.path("RW").asBoolean(true) && !readOnly;
        return source + ":" + mount.path("Destination").asText() + (may ? "" : ":ro");
    }

    /** Where the job has a real volume, the image's declaration is met already. */
    private List<String> attachedPaths(DataJob job) {
        List<String> paths = new ArrayList<>();
        job.mounts().forEach(mount -> paths.add(mount.split(":")[1]));
        if (job.volumesFrom() != null) {
            named.find(lender(job))
                    .ifPresent(from -> from.json()
                            .path("Mounts")
                            .forEach(
                                    mount -> paths.add(mount.path("Destination").asText())));
        }
        return paths;
    }

    private static String lender(DataJob job) {
        return job.volumesFrom().replaceFirst(":r[ow]$", "");
    }

    /** Under the name that the container has now; where there is none the engine says so. */
    private String volumesFrom(DataJob job) {
        String access = job.volumesFrom().substring(lender(job).length());
        return named.find(lender(job)).map(NodeContainer::name).orElse(lender(job)) + access;
    }

    private String imageOf(String like) {
        return named.find(like)
                .map(NodeContainer::imageId)
                .orElseThrow(() -> new CannotProceedException(Failure.of(MESSAGES, "job.noContainer.", like)));
    }

    private static RuntimeException notCreated(DataJob job, DockerException e) {
        return e instanceof EngineFailure
                ? e
                : new CannotProceedException(
                        Failure.of(MESSAGES, "job.notCreated.", job.name(), DockerEngine.reason(e)));
    }

    private void refuseForeign(NodeContainer container) {
        String owner = container.label(Marks.STACK);
        if (!container.label(Marks.ROLE).equals("job") || !(owner.isEmpty() || owner.equals(stack))) {
            throw new CannotProceedException(Failure.of(MESSAGES, "job.nameTaken.", container.name()));
        }
    }

    private String text(DataJob job, Instant since) {
        Duration running = Duration.between(since, clock.instant());
        return MESSAGES.text("job.running", job.command().get(0), Math.max(0, running.toSeconds()));
    }
}
