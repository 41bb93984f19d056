package nocobase.procedures.web;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.process.status.Interventions;
import nocobase.procedures.process.status.OpenTask;
import nocobase.procedures.process.status.PastProcedure;
import nocobase.procedures.process.status.PlannedProcedure;
import nocobase.procedures.process.status.RunningProcedure;
import nocobase.procedures.process.status.RunningProcedures;
import nocobase.procedures.security.TasklistSession;
import nocobase.procedures.web.ClusterLooks.Looks;
import nocobase.procedures.web.Status.OfCluster;
import nocobase.procedures.web.Status.OfNode;
import nocobase.procedures.web.Status.OfRestorePoint;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What the status view and Cockpit's panel show, and the few things that can be done there. */
@RestController
class StatusController {

    private static final int LOG_LINES = 60;
    private static final int LOG_LENGTH = 16_000;

    private final Clusters clusters;
    private final ClusterLooks looks;
    private final Snapshots snapshots;
    private final ServiceView service;
    private final Interventions interventions;
    private final Clock clock;

    StatusController(
            Clusters clusters,
            ClusterLooks looks,
            RunningProcedures procedures,
            Downtimes downtimes,
            ServiceView service,
            Interventions interventions,
            Clock clock) {
        this.service = service;
        this.clusters = clusters;
        this.looks = looks;
        this.snapshots = new Snapshots(procedures, downtimes, clock);
        this.interventions = interventions;
        this.clock = clock;
    }

    /**
     * A deed.
     *
     * @param operation what it is meant for: another one may hold the cluster meanwhile
     * @param reason kept with it
     */
    record Deed(String operation, String reason) {}

    @GetMapping("/api/status")
    ResponseEntity<Status> status(Authentication person, HttpServletRequest request) {
        Map<String, Looks> seen = looks.now();
        Snapshots.Snapshot snapshot = snapshots.now();
        List<String> roles = roles(person);
        List<OfCluster> all = clusters.all().stream()
                .map(cluster -> cluster(cluster, seen.get(cluster.name()), snapshot, person.getName(), roles))
                .toList();
        String token = TasklistSession.token(request).orElse(null);
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new Status(clock.instant(), person.getName(), roles, token, all));
    }

    /** The end of a node's log; the runtime has taken secrets out of it. */
    record Log(String node, String text) {}

    /** For whoever works with the cluster: the log of the node that starts first. */
    @GetMapping("/api/clusters/{cluster}/log")
    ResponseEntity<Log> log(@PathVariable String cluster) {
        return clusters.all().stream()
                .filter(one -> one.name().equals(cluster))
                .findFirst()
                .map(one ->
                        ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(log(one)))
                .orElseGet(() -> ResponseEntity.notFound().build());
    }

    private static Log log(Cluster cluster) {
        String node = cluster.runtime().observe().first().name();
        String tail = cluster.runtime().logTail(node, LOG_LINES);
        return new Log(node, tail.substring(Math.max(0, tail.length() - LOG_LENGTH)));
    }

    @PostMapping(path = "/api/clusters/{cluster}/cancel", consumes = MediaType.APPLICATION_JSON_VALUE)
    Message cancel(@PathVariable String cluster, @RequestBody Deed deed, Authentication person) {
        return done(interventions.cancel(cluster, deed.operation(), person.getName(), deed.reason()));
    }

    @PostMapping(path = "/api/clusters/{cluster}/start-now", consumes = MediaType.APPLICATION_JSON_VALUE)
    Message startNow(@PathVariable String cluster, @RequestBody Deed deed, Authentication person) {
        return done(interventions.startNow(cluster, deed.operation(), person.getName(), deed.reason()));
    }

    @PostMapping(path = "/api/clusters/{cluster}/break", consumes = MediaType.APPLICATION_JSON_VALUE)
    Message breakClaim(@PathVariable String cluster, @RequestBody Deed deed, Authentication person) {
        return done(interventions.breakClaim(cluster, deed.operation(), person.getName(), deed.reason()));
    }

    @PostMapping(path = "/api/clusters/{cluster}/break-glass", consumes = MediaType.APPLICATION_JSON_VALUE)
    Message breakGlass(@PathVariable String cluster, @RequestBody Deed deed, Authentication person) {
        return done(interventions.breakGlass(cluster, deed.operation(), person.getName(), deed.reason()));
    }

    @PostMapping(path = "/api/clusters/{cluster}/return", consumes = MediaType.APPLICATION_JSON_VALUE)
    Message returnToService(@PathVariable String cluster, @RequestBody Deed deed, Authentication person) {
        return done(interventions.returnToService(cluster, person.getName(), roles(person), deed.reason()));
    }

    /** Whoever did it sees its effect at once. */
    private Message done(String message) {
        snapshots.forget();
        return new Message(message);
    }

    private static List<String> roles(Authentication person) {
        return person.getAuthorities().stream()
                .map(GrantedAuthority::getAuthority)
                .sorted()
                .toList();
    }

    private OfCluster cluster(
            Cluster cluster, Looks seen, Snapshots.Snapshot snapshot, String person, List<String> roles) {
        RunningProcedure procedure = snapshot.running().get(cluster.name());
        List<OpenTask> tasks = snapshot.tasks().getOrDefault(cluster.name(), List.of());
        ClusterSettings settings = cluster.settings();
        return new OfCluster(
                cluster.name(),
                settings.label() == null ? cluster.name() : settings.label(),
                settings.runtime() == ClusterSettings.Kind.REHEARSAL,
                seen.nodes().found() == null
                        ? List.of()
                        : seen.nodes().found().stream().map(OfNode::of).toList(),
                seen.nodes().at(),
                ServiceView.route(seen.route(), snapshot.downtimes().get(cluster.name())),
                service.downtime(snapshot.downtimes().get(cluster.name()), procedure),
                service.estimate(procedure),
                trouble(seen),
                seen.restorePoints().found() == null
                        ? null
                        : seen.restorePoints().found().stream()
                                .max(Comparator.comparing(RestorePoint::takenAt))
                                .map(OfRestorePoint::of)
                                .orElse(null),
                procedure,
                snapshot.planned().getOrDefault(cluster.name(), List.of()),
                tasks,
                snapshot.past().getOrDefault(cluster.name(), List.of()),
                procedure == null
                        ? interventions.offers(cluster.name(), roles)
                        : interventions.offers(procedure.claim(), tasks, person, roles));
    }

    private static String trouble(Looks seen) {
        String trouble = Stream.of(seen.nodes().trouble(), seen.route().trouble())
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.joining(" "));
        return trouble.isEmpty() ? null : trouble;
    }

    /** One set of queries a second, however many watch. */
    private static final class Snapshots {

        private static final long BELIEVED_MILLIS = 700;

        private final RunningProcedures procedures;
        private final Downtimes downtimes;
        private final Clock clock;
        private Snapshot latest;

        record Snapshot(
                Instant at,
                Map<String, RunningProcedure> running,
                Map<String, List<PlannedProcedure>> planned,
                Map<String, List<OpenTask>> tasks,
                Map<String, List<PastProcedure>> past,
                Map<String, Downtime> downtimes) {}

        Snapshots(RunningProcedures procedures, Downtimes downtimes, Clock clock) {
            this.procedures = procedures;
            this.downtimes = downtimes;
            this.clock = clock;
        }

        synchronized Snapshot now() {
            Instant now = clock.instant();
            if (latest == null || now.isAfter(latest.at().plusMillis(BELIEVED_MILLIS))) {
                latest = new Snapshot(
                        now,
                        procedures.now(),
                        procedures.planned(),
                        procedures.tasks(),
                        procedures.past(),
                        downtimes.latest());
            }
            return latest;
        }

        synchronized void forget() {
            latest = null;
        }
    }
}
