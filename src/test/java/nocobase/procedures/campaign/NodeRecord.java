package nocobase.procedures.campaign;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nocobase.procedures.docker.DockerScene;

/** Everything that happened to the cluster's node containers, as the Docker engine tells it. */
final class NodeRecord implements AutoCloseable {

    /**
     * What ran from a moment on.
     *
     * @param running version by container id
     * @param event what brought it about, for people
     */
    record Running(Instant since, Map<String, String> running, String event) {}

    /** A container was created or started. */
    record Deed(Instant at, String what, String name, String container, String version) {}

    private final List<Running> timeline = new ArrayList<>();
    private final List<Deed> deeds = new ArrayList<>();
    private final ResultCallback.Adapter<Event> events = new ResultCallback.Adapter<>() {
        @Override
        public void onNext(Event event) {
            note(event);
        }
    };

    NodeRecord(DockerScene scene) {
        Map<String, String> now = new TreeMap<>();
        for (Container container : scene.containers()) {
            if (scene.name().equals(container.getLabels().get(DockerScene.CLUSTER_LABEL))
                    && "running".equals(container.getState())) {
                now.put(container.getId(), version(container.getImage()));
            }
        }
        timeline.add(new Running(Instant.now(), now, "the beginning"));
        DockerScene.docker()
                .eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER)
                .withLabelFilter(DockerScene.CLUSTER_LABEL + "=" + scene.name())
                .exec(events);
        try {
            events.awaitStarted();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String version(String image) {
        return image.substring(image.lastIndexOf(':') + 1);
    }

    private synchronized void note(Event event) {
        Map<String, String> attributes = event.getActor().getAttributes();
        String name = attributes.getOrDefault("name", "?");
        String version = version(attributes.getOrDefault("image", "?"));
        Instant at = Instant.ofEpochSecond(0, event.getTimeNano());
        String what = event.getAction();
        Map<String, String> running =
                new TreeMap<>(timeline.get(timeline.size() - 1).running());
        switch (what) {
            case "start" -> running.put(event.getId(), version);
            case "die" -> running.remove(event.getId());
            default -> {}
        }
        if (what.equals("start") || what.equals("die")) {
            timeline.add(new Running(at, running, what + " " + name + " (" + version + ")"));
        }
        if (List.of("create", "start", "die", "destroy").contains(what)) {
            deeds.add(new Deed(at, what, name, event.getId(), version));
        }
    }

    synchronized List<Running> timeline() {
        return List.copyOf(timeline);
    }

    synchronized List<Deed> deeds() {
        return List.copyOf(deeds);
    }

    @Override
    public void close() {
        try {
            events.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
