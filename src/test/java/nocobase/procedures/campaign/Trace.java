package nocobase.procedures.campaign;

import java.util.List;
import nocobase.procedures.campaign.Step.Moment;

/** The steps that a procedure went through when nothing broke, in their order. */
final class Trace {

    private Trace() {}

    /** Service tasks, receive tasks and human tasks, each once, as the engine's history has them. */
    static List<Step> of(Stage stage, String operation) {
        return stage
                .engineDatabase
                .rows("select a.proc_def_key_, a.act_id_ from act_hi_actinst a join act_hi_procinst p"
                        + " on p.id_ = a.proc_inst_id_ where p.business_key_ = '" + operation + "'"
                        + " and a.act_type_ in ('serviceTask', 'receiveTask', 'userTask')"
                        + " group by 1, 2 order by min(a.start_time_), min(a.sequence_counter_)")
                .stream()
                .map(row -> new Step(row.get(0), row.get(1), Moment.DURING))
                .toList();
    }
}
