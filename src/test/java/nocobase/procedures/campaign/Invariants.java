package nocobase.procedures.campaign;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nocobase.procedures.campaign.Clients.Kind;
import nocobase.procedures.campaign.Clients.Period;
import nocobase.procedures.campaign.Fault.Tolerated;
import nocobase.procedures.cluster.Version;

/** What must hold whatever broke; each breach is told in words. */
final class Invariants {

    /** End events after which the cluster does not serve: everything is kept behind the 503 page. */
    private static final String LEFT_BEHIND = "LeftBehindMaintenancePage";

    private static final Set<Kind> WORKING_OR_PAGE = Set.of(Kind.APPLICATION, Kind.PAGE);
    /** For a fault that is over, busy cores and time-outs of clients. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Stage stage;
    private final Run run;
    private final List<String> breaches = new ArrayList<>();

    Invariants(Stage stage, Run run) {
        this.stage = stage;
        this.run = run;
    }

    List<String> breaches(DataPicture before, NodeRecord nodes, List<Period> clients, ClaimWatch claims) {
        questionsSayWhatIsWrong();
        before.lossesIn(stage.scene).forEach(loss -> breaches.add("LOST " + loss));
        breaches.addAll(new NodeRules(stage, run, nodes).breaches());
        clientsGotPageOrApplication(clients);
        claimHeldExactly(claims);
        breaches.addAll(new Possessions(stage).surplus());
        effectsHappenedOnce();
        serves();
        return breaches;
    }

    private void questionsSayWhatIsWrong() {
        run.people.asked().stream()
                .filter(asked -> asked.text().isBlank())
                .forEach(asked -> breaches.add(asked.key() + " does not say what is wrong"));
    }

    private void clientsGotPageOrApplication(List<Period> periods) {
        for (Period period : periods) {
            Kind kind = period.answer().kind();
            boolean tolerated = kind == Kind.NOBODY && run.tolerates(Tolerated.NO_BALANCER, period.from(), GRACE)
                    || run.tolerates(Tolerated.NODES_FAIL, period.from(), GRACE)
                    || kind == Kind.UNREADY_NODE && ofPluginCommand(period)
                    || run.procedure.equals("first-start") && beforeFirstPage(periods, period);
            if (!WORKING_OR_PAGE.contains(period.answer().kind()) && !tolerated) {
                breaches.add("clients got " + period);
            }
        }
        if (periods.stream().noneMatch(period -> period.answer().kind() == Kind.APPLICATION)) {
            breaches.add("the client never reached the application: the watch sees nothing");
        }
    }

    /** NocoBase's own plugin command answers 503 for some seconds: it says that it is busy, and nobody else does. */
    private boolean ofPluginCommand(Period period) {
        String operations = "'" + String.join("', '", run.operations) + "'";
        return stage.engineDatabase.any("select 1 from act_hi_actinst s join act_hi_actinst w"
                + " on w.proc_inst_id_ = s.proc_inst_id_ and w.act_id_ = 'receiveTask_waitUntilPluginIsChanged'"
                + " join act_hi_procinst p on p.id_ = s.proc_inst_id_ where p.business_key_ in (" + operations + ")"
                + " and s.act_id_ = 'serviceTask_changePlugin'"
                + " and s.start_time_::timestamptz - interval '1 s' <= '" + period.from() + "'::timestamptz"
                + " and w.end_time_::timestamptz + interval '1 s' >= '" + period.to() + "'::timestamptz");
    }

    /** Nobody routed anything yet, and no node ever ran. */
    private static boolean beforeFirstPage(List<Period> periods, Period period) {
        return periods.stream()
                .filter(other -> other.answer().kind() == Kind.PAGE)
                .findFirst()
                .map(page -> !period.to().isAfter(page.from().plusMillis(200)))
                .orElse(true);
    }

    private void claimHeldExactly(ClaimWatch claims) {
        claims.breaches().forEach(breach -> breaches.add("claim: " + breach));
        if (claims.looks() < 10) {
            breaches.add("the claim was looked at " + claims.looks() + " times only");
        }
        if (stage.engineDatabase.any("select 1 from cluster_claim")) {
            breaches.add("the claim outlives the procedure");
        }
    }

    /** Each decision is kept once, each step of each instance completed once, unless it was tried again, or other work chosen. */
    private void effectsHappenedOnce() {
        for (String operation : run.operations) {
            stage.engineDatabase
                    .rows("select a.act_id_, count(*) from act_hi_actinst a join act_hi_procinst p"
                            + " on p.id_ = a.proc_inst_id_ where p.business_key_ = '" + operation + "'"
                            + " and a.act_type_ in ('serviceTask', 'noneEndEvent') and not a.act_inst_state_ = 2"
                            + " group by a.proc_inst_id_, a.act_id_ having count(*) > " + (1 + run.people.retried())
                            + " + (select greatest(count(*) - 1, 0) from act_hi_actinst chosen where"
                            + " chosen.proc_inst_id_ = a.proc_inst_id_ and chosen.act_id_ = 'userTask_chooseWork')")
                    .forEach(row ->
                            breaches.add(row.get(0) + " was completed " + row.get(1) + " times in one instance"));
            String decided = "select count(*) from decision where task <> 'start' and operation = '" + operation + "'";
            String completed =
                    "select count(*) from act_hi_taskinst t join act_hi_procinst p on p.id_ = t.proc_inst_id_"
                            + " where t.delete_reason_ = 'completed' and p.business_key_ = '" + operation + "'";
            String both = stage.engineDatabase.value(decided).orElse("?");
            if (!both.equals(stage.engineDatabase.value(completed).orElse("-"))) {
                breaches.add(
                        both + " decisions are kept of " + stage.engineDatabase.value(completed) + " tasks answered");
            }
        }
    }

    private void serves() {
        if (run.end().contains(LEFT_BEHIND) || run.end().equals("no end")) {
            return;
        }
        try {
            Version recorded =
                    stage.scene.cluster().application().recordedVersion().orElseThrow();
            stage.scene.assertServes(recorded);
        } catch (AssertionError | RuntimeException e) {
            breaches.add("ended with " + run.end() + ", but does not serve: " + e.getMessage());
        }
    }
}
