package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.ClusterFence;
import nocobase.procedures.cluster.NaturalOrder;

/**
 * The fence as an empty volume on the host of the first node, named after that node: two engines that find the same nodes
 * find the same fence, however each of them calls the cluster. A mark is the volume's labels, which never change, and the
 * engine makes one volume of a name only: whoever comes second is shown the first one's labels. No container is started for
 * it.
 */
final class DockerFence implements ClusterFence {

    private static final String TOKEN = "nocobase.procedures.fence.token";
    private static final String NUMBER = "nocobase.procedures.fence.number";
    private static final String ENGINE = "nocobase.procedures.fence.engine";
    private static final String HOST = "nocobase.procedures.fence.host";
    private static final String HELD = "nocobase.procedures.fence.held";
    private static final String AT = "nocobase.procedures.fence.at";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<HostNodes> hosts;
    /** Found once: a node that is added later does not move it. */
    private volatile Place place;

    DockerFence(List<HostNodes> hosts) {
        this.hosts = hosts;
    }

    /** @param node the first of all by name */
    private record Place(HostNodes host, String node) {

        String volume(long number) {
            return node + "-fence-" + number;
        }
    }

    @Override
    public Optional<Mark> read() {
        return place().map(this::marks).flatMap(marks -> marks.stream().findFirst());
    }

    @Override
    public boolean put(Mark mark) {
        Optional<Place> there = place();
        if (there.isEmpty()) {
            // Without a node there is nothing that two could act on.
            return true;
        }
        JsonNode made = there.get().host().engine().post("/volumes/create", described(there.get(), mark));
        if (!mark.token().equals(made.path("Labels").path(TOKEN).asText())) {
            return false;
        }
        // Whoever came from an older mark may have made a number that others have left behind.
        List<Mark> standing = marks(there.get());
        boolean ours = !standing.isEmpty() && standing.get(0).token().equals(mark.token());
        standing.stream()
                .filter(other -> ours ? other.number() < mark.number() : other.number() == mark.number())
                .forEach(other -> remove(there.get(), other.number()));
        return ours;
    }

    private Optional<Place> place() {
        if (place == null) {
            List<Place> found = new ArrayList<>();
            hosts.forEach(host -> host.firstName().ifPresent(node -> found.add(new Place(host, node))));
            place = found.stream()
                    .min(Comparator.comparing(Place::node, NaturalOrder.INSTANCE))
                    .orElse(null);
        }
        return Optional.ofNullable(place);
    }

    private static ObjectNode described(Place there, Mark mark) {
        ObjectNode volume = JSON.createObjectNode().put("Name", there.volume(mark.number()));
        volume.putObject("Labels")
                .put(Marks.FENCE, there.node())
                .put(NUMBER, String.valueOf(mark.number()))
                .put(TOKEN, mark.token())
                .put(ENGINE, mark.engine())
                .put(HOST, mark.host())
                .put(Marks.OPERATION, mark.operation())
                .put(HELD, String.valueOf(mark.held()))
                .put(AT, mark.at().toString());
        return volume;
    }

    /** Those that are there, the latest first. */
    private List<Mark> marks(Place there) {
        ObjectNode filter = JSON.createObjectNode();
        filter.putArray("label").add(Marks.FENCE + "=" + there.node());
        JsonNode volumes = there.host()
                .engine()
                .get("/volumes?filters=" + DockerEngine.encoded(filter.toString()))
                .path("Volumes");
        List<Mark> marks = new ArrayList<>();
        volumes.forEach(volume -> marks.add(mark(volume.path("Labels"))));
        marks.sort(Comparator.comparing(Mark::number).reversed());
        return marks;
    }

    private static Mark mark(JsonNode labels) {
        return new Mark(
                Long.parseLong(labels.path(NUMBER).asText()),
                labels.path(TOKEN).asText(),
                labels.path(ENGINE).asText(),
                labels.path(HOST).asText(),
                labels.path(Marks.OPERATION).asText(),
                Boolean.parseBoolean(labels.path(HELD).asText()),
                Instant.parse(labels.path(AT).asText()));
    }

    /** Another engine may be at it too. */
    private static void remove(Place there, long number) {
        try {
            there.host().engine().delete("/volumes/" + DockerEngine.encoded(there.volume(number)));
        } catch (NotFoundException gone) {
            // As it should be.
        } catch (ConflictException used) {
            // Somebody mounted it; a mark that is left behind does no harm.
        }
    }
}
