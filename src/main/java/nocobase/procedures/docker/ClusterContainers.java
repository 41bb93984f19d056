package nocobase.procedures.docker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Containers;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.language.Messages;

/**
 * Containers on several Docker hosts. A container is found by its name, or named with its host ({@code eu-1/nginx}) where
 * several hosts have one of that name. Data jobs all run on one host, for their volume is there: the database container's,
 * or else the one of the cluster's first node.
 */
final class ClusterContainers implements Containers {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final String OTHER = "container:";

    private final Hosts<HostContainers> hosts;
    private final Supplier<String> hostOfFirstNode;
    private final Map<String, Place> places = new ConcurrentHashMap<>();
    /** Where each job was started by this process; for others all hosts are asked. */
    private final Map<String, HostContainers> jobs = new ConcurrentHashMap<>();

    ClusterContainers(List<HostContainers> hosts, Supplier<String> hostOfFirstNode) {
        this.hosts = new Hosts<>(hosts, HostContainers::host);
        this.hostOfFirstNode = hostOfFirstNode;
    }

    /** A container by its name on its host. */
    private record Place(HostContainers host, String container) {}

    @Override
    public ExecResult exec(String container, List<String> command, Duration limit) {
        Place place = place(container);
        return place.host().exec(place.container(), command, limit);
    }

    @Override
    public void write(String container, Map<String, byte[]> files, int mode) {
        Place place = place(container);
        place.host().write(place.container(), files, mode);
    }

    @Override
    public byte[] read(String container, String path) {
        Place place = place(container);
        return place.host().read(place.container(), path);
    }

    @Override
    public Map<String, byte[]> read(String container, String directory, Set<String> names) {
        Place place = place(container);
        return place.host().read(place.container(), directory, names);
    }

    @Override
    public boolean running(String container) {
        return find(container)
                .map(place -> place.host().running(place.container()))
                .orElse(false);
    }

    @Override
    public String definition(String container) {
        return find(container)
                .map(place -> place.host().definition(place.container()))
                .orElse(null);
    }

    @Override
    public Map<String, String> variables(String container) {
        return find(container)
                .map(place -> place.host().variables(place.container()))
                .orElse(Map.of());
    }

    @Override
    public Progress<ExecResult> run(DataJob job) {
        HostContainers host = job.like() == null
                ? named(hostOfFirstNode.get())
                : place(job.like()).host();
        jobs.put(job.name(), host);
        return host.run(new DataJob(
                job.name(),
                job.image(),
                local(host, job, job.like()),
                job.command(),
                job.environment(),
                job.files(),
                job.mounts(),
                volumesFrom(host, job),
                network(host, job)));
    }

    @Override
    public void forget(String jobName) {
        HostContainers host = jobs.remove(jobName);
        if (host != null) {
            host.forget(jobName);
        } else {
            hosts.tell(any -> any.forget(jobName));
        }
    }

    private String volumesFrom(HostContainers host, DataJob job) {
        if (job.volumesFrom() == null) {
            return null;
        }
        String[] parts = job.volumesFrom().split(":", 2);
        return local(host, job, parts[0]) + (parts.length == 2 ? ":" + parts[1] : "");
    }

    private String network(HostContainers host, DataJob job) {
        return job.network() != null && job.network().startsWith(OTHER)
                ? OTHER + local(host, job, job.network().substring(OTHER.length()))
                : job.network();
    }

    /** The container's name for a job on that host, which must be the container's own. */
    private String local(HostContainers host, DataJob job, String container) {
        if (container == null) {
            return null;
        }
        Place place = place(container);
        if (place.host() != host) {
            throw new CannotProceedException(Failure.of(
                    MESSAGES,
                    "hosts.otherHost.",
                    job.name(),
                    container,
                    place.host().host(),
                    host.host()));
        }
        return place.container();
    }

    private Place place(String container) {
        return find(container)
                .orElseThrow(() -> new CannotProceedException(Failure.ofNode(
                        container, MESSAGES, "hosts.containerAbsent.", String.join(", ", hosts.names()))));
    }

    /** A container that was found stays on its host: others need not answer any more. */
    private Optional<Place> find(String container) {
        Place known = places.get(container);
        if (known != null && known.host().has(known.container())) {
            return Optional.of(known);
        }
        int slash = container.indexOf('/');
        Optional<Place> found = slash < 0
                ? search(container)
                : Optional.of(new Place(named(container.substring(0, slash)), container.substring(slash + 1)))
                        .filter(place -> place.host().has(place.container()));
        found.ifPresent(place -> places.put(container, place));
        return found;
    }

    private Optional<Place> search(String container) {
        List<HostContainers> found = hosts.answers(host -> host.has(container)).entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .toList();
        if (found.size() > 1) {
            throw new CannotProceedException(Failure.ofNode(
                    container,
                    MESSAGES,
                    "hosts.containerTwice.",
                    String.join(", ", found.stream().map(HostContainers::host).toList()),
                    found.get(0).host()));
        }
        if (found.isEmpty()) {
            // It may be on a host that did not answer: then that is what is told.
            hosts.ask(host -> host.has(container));
        }
        return found.stream().findFirst().map(host -> new Place(host, container));
    }

    private HostContainers named(String host) {
        return hosts.all().stream()
                .filter(it -> it.host().equals(host))
                .findFirst()
                .orElseThrow(() -> new CannotProceedException(
                        Failure.of(MESSAGES, "hosts.unknown.", host, String.join(", ", hosts.names()))));
    }

    void close() {
        hosts.close();
    }
}
