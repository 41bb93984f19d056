package nocobase.procedures.campaign;

import java.time.Instant;
import java.util.Optional;

/**
 * Holds a procedure right before an activity, as an administrator does who suspends its job definition, and tells where its
 * token is.
 */
final class Breakpoints {

    private static final String ACTIVE = "1";
    private static final String SUSPENDED = "2";

    private final EngineDatabase engine;

    Breakpoints(EngineDatabase engine) {
        this.engine = engine;
    }

    /** @throws AssertionError if no model has that activity */
    void set(Step step) {
        if (!engine.any("select 1 from act_ru_jobdef" + where(step))) {
            throw new AssertionError("No model has " + step.process() + "/" + step.activity());
        }
        suspend(step, SUSPENDED);
    }

    void release(Step step) {
        suspend(step, ACTIVE);
        engine.change("update act_ru_job set suspension_state_ = 1, rev_ = rev_ + 1 where suspension_state_ = 2"
                + " and job_def_id_ in (select id_ from act_ru_jobdef" + where(step) + ")");
    }

    private void suspend(Step step, String state) {
        engine.change("update act_ru_jobdef set suspension_state_ = " + state + where(step));
    }

    private static String where(Step step) {
        return " where proc_def_key_ = '" + step.process() + "' and act_id_ = '" + step.activity() + "'"
                + " and job_type_ = 'async-continuation'";
    }

    /** The token waits for the job of this activity. */
    boolean arrived(Step step) {
        return engine.any("select 1 from act_ru_job j join act_ru_jobdef d on d.id_ = j.job_def_id_" + where(step));
    }

    /** Its job is being executed, or was. */
    boolean begun(Step step) {
        return engine.any("select 1 from act_ru_job j join act_ru_jobdef d on d.id_ = j.job_def_id_" + where(step)
                        + " and j.lock_owner_ is not null")
                || !arrived(step);
    }

    /** It waits for the condition watcher, or for a person. */
    boolean waits(Step step) {
        return engine.any("select 1 from act_ru_execution e join act_re_procdef d on d.id_ = e.proc_def_id_"
                + " where d.key_ = '" + step.process() + "' and e.act_id_ = '" + step.activity() + "' and e.is_active_"
                + " and (exists (select 1 from act_ru_event_subscr s where s.execution_id_ = e.id_)"
                + " or exists (select 1 from act_ru_task t where t.execution_id_ = e.id_))");
    }

    /** When it ended last, in that operation. */
    Optional<Instant> ended(String operation, Step step) {
        return moment("select max(extract(epoch from a.end_time_::timestamptz)) from act_hi_actinst a"
                + " join act_hi_procinst p on p.id_ = a.proc_inst_id_ where p.business_key_ = '" + operation + "'"
                + " and a.proc_def_key_ = '" + step.process() + "' and a.act_id_ = '" + step.activity() + "'");
    }

    /** When that part of an operation ended last. */
    Optional<Instant> ended(String operation, String process) {
        return moment("select max(extract(epoch from end_time_::timestamptz)) from act_hi_procinst"
                + " where business_key_ = '" + operation + "' and proc_def_key_ = '" + process + "'");
    }

    /** When the first activity of an operation ended after that moment. */
    Optional<Instant> firstMoved(String operation, Instant since) {
        return moment("select min(extract(epoch from a.end_time_::timestamptz)) from act_hi_actinst a"
                + " join act_hi_procinst p on p.id_ = a.proc_inst_id_ where p.business_key_ = '" + operation + "'"
                + " and a.end_time_::timestamptz > '" + since + "'::timestamptz");
    }

    private Optional<Instant> moment(String query) {
        return engine.value(query).map(seconds -> Instant.ofEpochMilli((long) (Double.parseDouble(seconds) * 1000)));
    }
}
