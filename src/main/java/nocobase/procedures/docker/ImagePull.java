package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.command.PullImageResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem.ProgressDetail;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.NodesSettings;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.concurrent.BackgroundWork;
import nocobase.procedures.concurrent.BackgroundWork.Standing;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings images to the host. An image that is there is not asked for again: a pinned version does not change. */
final class ImagePull {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(ImagePull.class);

    private static final Pattern ABSENT =
            Pattern.compile("manifest unknown|manifest for .* not found|not found: manifest|repository does not exist");
    /** As the engine says it, which is written in Go. */
    private static final String DISK_FULL = "no space left on device";

    private static final Map<String, String> MACHINES =
            Map.of("x86_64", "amd64", "aarch64", "arm64", "armv7l", "arm", "i686", "386");

    private final NodesSettings settings;
    private final DockerEngine engine;
    private final PackageVersions versions;
    private final BackgroundWork<Void> background;

    ImagePull(NodesSettings settings, DockerEngine engine, PackageVersions versions, BackgroundWork<Void> background) {
        this.settings = settings;
        this.engine = engine;
        this.versions = versions;
        this.background = background;
    }

    Progress<Image> ensure(Version version) {
        String reference = settings.imageOf(version);
        Optional<JsonNode> image = engine.image(reference);
        if (image.isPresent()) {
            return present(reference, image.get());
        }
        Standing<Void> pulling = background.ensure("pull " + reference, telling -> pull(reference, telling));
        if (pulling instanceof Standing.Failed<Void> failed) {
            return Progress.failed(failure(reference, failed.why()));
        }
        return Progress.pending(
                pulling instanceof Standing.UnderWay<Void> underWay
                                && !underWay.text().isEmpty()
                        ? underWay.text()
                        : MESSAGES.text("image.pulling", reference));
    }

    private Progress<Image> present(String reference, JsonNode image) {
        String architecture = image.path("Architecture").asText();
        String hosts = hostArchitecture();
        if (!architecture.equals(hosts)) {
            return Progress.failed(Failure.of(MESSAGES, "image.architecture.", reference, architecture, hosts));
        }
        Optional<Version> version = versions.of(image);
        if (version.isEmpty()) {
            return Progress.failed(Failure.of(MESSAGES, "image.noNocobase.", reference));
        }
        return Progress.done(new Image(
                reference,
                image.path("Id").asText(),
                version.get(),
                architecture,
                image.path("Size").asLong()));
    }

    boolean isHere(Version version) {
        return engine.image(settings.imageOf(version)).isPresent();
    }

    /** Whether the image is as it should be, on this host or, before it was pulled, in its registry. */
    Check check(Version version) {
        String reference = settings.imageOf(version);
        Optional<JsonNode> image = engine.image(reference);
        if (image.isEmpty()) {
            return checkRegistry(reference);
        }
        Progress<Image> here = present(reference, image.get());
        if (here instanceof Progress.Failed<Image> failed) {
            return Check.fail(
                    checkName(), failed.failure().what(), failed.failure().remedy());
        }
        Image found = ((Progress.Done<Image>) here).result();
        return found.packageVersion().equals(version)
                ? Check.pass(checkName(), MESSAGES.text("image.here", reference, version))
                : Check.fail(checkName(), MESSAGES, "image.otherVersion.", reference, found.packageVersion(), version);
    }

    private static String checkName() {
        return MESSAGES.text("image.name");
    }

    /** The engine asks the registry for us, with nothing pulled. */
    private Check checkRegistry(String reference) {
        try {
            JsonNode platforms =
                    engine.get("/distribution/" + reference + "/json").path("Platforms");
            String hosts = hostArchitecture();
            boolean fits = platforms.isEmpty()
                    || StreamSupport.stream(platforms.spliterator(), false)
                            .anyMatch(platform ->
                                    platform.path("architecture").asText().equals(hosts));
            return fits
                    ? Check.pass(checkName(), MESSAGES.text("image.inRegistry", reference))
                    : Check.fail(checkName(), MESSAGES, "image.notForHost.", reference, hosts);
        } catch (DockerException e) {
            String reason = DockerEngine.reason(e);
            return ABSENT.matcher(reason).find()
                    ? Check.fail(checkName(), MESSAGES, "image.absent.", reference, reason)
                    : Check.warn(checkName(), MESSAGES, "image.unknown.", reference, reason);
        }
    }

    private String hostArchitecture() {
        String machine = engine.get("/info").path("Architecture").asText();
        return MACHINES.getOrDefault(machine, machine);
    }

    private Void pull(String reference, Consumer<String> telling) {
        LOG.info("Pulling image {}", reference);
        try {
            int colon = reference.lastIndexOf(':');
            engine.patient()
                    .pullImageCmd(reference.substring(0, colon))
                    .withTag(reference.substring(colon + 1))
                    .exec(new Layers(reference, telling))
                    .awaitCompletion();
            LOG.info("Image {} is here", reference);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineFault(MESSAGES.text("engine.interrupted"), e);
        }
    }

    /** The engine's reason decides what is said; a registry that cannot be reached does not heal within seconds. */
    private Failure failure(String reference, RuntimeException error) {
        if (error instanceof EngineFault) {
            throw error;
        }
        String reason = error instanceof DockerException refusal ? DockerEngine.reason(refusal) : error.getMessage();
        if (ABSENT.matcher(reason).find()) {
            return Failure.of(MESSAGES, "pull.absent.", reference, reason);
        }
        if (reason.contains(DISK_FULL)) {
            return Failure.of(MESSAGES, "pull.diskFull.", reference, engine.host(), reason);
        }
        return Failure.of(MESSAGES, "pull.failed.", reference, reason);
    }

    /** Adds up what the layers report. */
    private static final class Layers extends PullImageResultCallback {

        private final String reference;
        private final Consumer<String> telling;
        private final Map<String, ProgressDetail> downloads = new ConcurrentHashMap<>();

        Layers(String reference, Consumer<String> telling) {
            this.reference = reference;
            this.telling = telling;
        }

        @Override
        public void onNext(PullResponseItem item) {
            super.onNext(item);
            ProgressDetail detail = item.getProgressDetail();
            if ("Downloading".equals(item.getStatus()) && item.getId() != null && detail != null) {
                downloads.put(item.getId(), detail);
                telling.accept(text());
            }
        }

        private String text() {
            return MESSAGES.text("image.pullingSome", reference, megabytes(true), megabytes(false));
        }

        private long megabytes(boolean here) {
            return downloads.values().stream()
                            .map(here ? ProgressDetail::getCurrent : ProgressDetail::getTotal)
                            .filter(Objects::nonNull)
                            .mapToLong(Long::longValue)
                            .sum()
                    / 1_000_000;
        }
    }
}
