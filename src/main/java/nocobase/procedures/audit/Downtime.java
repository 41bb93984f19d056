package nocobase.procedures.audit;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.camunda.bpm.engine.history.HistoricActivityInstance;

/** How long clients had the 503 page, from the record of what was done. */
final class Downtime {

    private static final String PAGE = "serviceTask_routeToMaintenancePage";
    private static final Set<String> SERVED = Set.of("endEvent_clusterServed", "endEvent_firstNodeServed");

    private Duration past = Duration.ZERO;
    private Instant since;
    private boolean everDown;

    private Downtime() {}

    /** @return the sum of all outages, or null if there was none or one lasts */
    static Duration of(List<HistoricActivityInstance> activities) {
        Downtime downtime = new Downtime();
        activities.stream()
                .sorted(Comparator.comparing(HistoricActivityInstance::getStartTime))
                .forEach(downtime::add);
        return downtime.everDown && downtime.since == null ? downtime.past : null;
    }

    private void add(HistoricActivityInstance activity) {
        Instant moment = activity.getStartTime().toInstant();
        if (activity.getActivityId().equals(PAGE) && since == null) {
            since = moment;
            everDown = true;
        } else if (SERVED.contains(activity.getActivityId()) && since != null) {
            past = past.plus(Duration.between(since, moment));
            since = null;
        }
    }
}
