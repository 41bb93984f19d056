package nocobase.procedures.campaign;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import nocobase.procedures.campaign.Fault.Tolerated;
import nocobase.procedures.campaign.NodeRecord.Running;

/** Never two versions on one schema, never more nodes than may run, no container made or started twice. */
final class NodeRules {

    /** What the guard needs on busy cores. */
    private static final Duration GRACE = Duration.ofSeconds(9);

    private static final List<String> ALL_STOPPED = List.of("receiveTask_waitUntilAllNodesAreStopped");
    private static final List<String> OTHERS_STOPPED = List.of("receiveTask_waitUntilOtherNodesAreStopped");
    private static final List<String> ONE_STARTS = List.of("serviceTask_startOneNode");

    /** The step after it starts all: what history tells of that one may be its second try, the first left no trace. */
    private static final List<String> BEFORE_ALL_START = List.of("receiveTask_waitUntilUnreadyNodesAreStopped");

    /** From a moment on so many may run. */
    private record Limit(Instant from, int nodes) {}

    private final Stage stage;
    private final Run run;
    private final NodeRecord record;
    private final List<String> breaches = new ArrayList<>();

    NodeRules(Stage stage, Run run, NodeRecord record) {
        this.stage = stage;
        this.run = run;
        this.record = record;
    }

    List<String> breaches() {
        List<Running> timeline = record.timeline();
        for (Running running : timeline) {
            boolean tolerated = run.tolerates(Tolerated.INTRUDER, running.since(), GRACE);
            if (new HashSet<>(running.running().values()).size() > 1 && !tolerated) {
                breaches.add("two versions run: " + running);
            }
            int limit = limitAt(running.since());
            if (running.running().size() > limit && !tolerated) {
                breaches.add(running.running().size() + " nodes run where " + limit + " may: " + running);
            }
        }
        if (timeline.size() < 2) {
            breaches.add("the Docker engine told of no start and no stop: the record sees nothing");
        }
        onlyNodesRun();
        once();
        return breaches;
    }

    private int limitAt(Instant moment) {
        if (run.strikes.stream().anyMatch(strike -> strike.fault.tolerates(Tolerated.OTHER_CLOCK))) {
            return Integer.MAX_VALUE;
        }
        return limits().stream()
                .filter(limit -> !limit.from().isAfter(moment))
                .reduce((earlier, later) -> later)
                .map(Limit::nodes)
                .orElse(Integer.MAX_VALUE);
    }

    /** From the steps as the engine's history has them. */
    private List<Limit> limits() {
        List<Limit> limits = new ArrayList<>();
        String operations = "'" + String.join("', '", run.operations) + "'";
        stage.engineDatabase
                .rows("select a.act_id_, extract(epoch from a.start_time_::timestamptz),"
                        + " extract(epoch from a.end_time_::timestamptz) from act_hi_actinst a join act_hi_procinst p"
                        + " on p.id_ = a.proc_inst_id_ where p.business_key_ in (" + operations + ")"
                        + " and a.act_type_ in ('serviceTask', 'receiveTask') and a.end_time_ is not null"
                        + " and a.act_inst_state_ <> 2 order by a.start_time_, a.sequence_counter_")
                .forEach(row -> limits.addAll(limits(row.get(0), row.get(1), row.get(2))));
        return limits;
    }

    private static List<Limit> limits(String activity, String start, String end) {
        if (ALL_STOPPED.contains(activity)) {
            return List.of(new Limit(moment(end), 0));
        }
        if (OTHERS_STOPPED.contains(activity)) {
            return List.of(new Limit(moment(end), 1));
        }
        if (ONE_STARTS.contains(activity)) {
            return List.of(new Limit(moment(start), 1));
        }
        if (BEFORE_ALL_START.contains(activity)) {
            return List.of(new Limit(moment(end), Integer.MAX_VALUE));
        }
        return List.of();
    }

    private static Instant moment(String seconds) {
        return Instant.ofEpochMilli((long) (Double.parseDouble(seconds) * 1000));
    }

    /** What is made to be tried, or beforehand, is no node: it never runs under such a name. */
    private void onlyNodesRun() {
        record.deeds().stream()
                .filter(deed -> deed.what().equals("start"))
                .map(NodeRecord.Deed::name)
                .filter(name -> isTrial(name) || name.contains("-next-"))
                .forEach(name -> breaches.add("started " + name));
    }

    /** Made by each check of the preconditions, and gone at its end. */
    private static boolean isTrial(String name) {
        return name.endsWith("-trial");
    }

    /** A procedure that stops all nodes twice starts its first node twice. */
    private void once() {
        List<Instant> stops = limits().stream()
                .filter(limit -> limit.nodes() == 0)
                .map(Limit::from)
                .toList();
        Map<String, Integer> deeds = new HashMap<>();
        record.deeds().stream()
                .filter(deed -> List.of("create", "start").contains(deed.what()) && !isTrial(deed.name()))
                .forEach(deed -> deeds.merge(
                        deed.what().equals("create")
                                ? "created " + deed.name() + " of " + deed.version()
                                : "started " + deed.name() + " ("
                                        + deed.container().substring(0, 8) + ") after stop "
                                        + stops.stream()
                                                .filter(stop -> stop.isBefore(deed.at()))
                                                .count(),
                        1,
                        Integer::sum));
        boolean twice = run.strikes.stream().anyMatch(strike -> strike.fault.tolerates(Tolerated.SECOND_START));
        int allowed = run.operations.size() + run.people.retried() + (twice ? 1 : 0);
        deeds.forEach((what, times) -> {
            if (times > allowed) {
                breaches.add(what + " " + times + " times");
            }
        });
    }
}
