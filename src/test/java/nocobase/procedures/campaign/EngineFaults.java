package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Fault.inTime;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import nocobase.procedures.EngineProcess;
import nocobase.procedures.campaign.Fault.Tolerated;

/** The engine comes back from its death as another one. The stage is of no use afterwards. */
final class EngineFaults {

    private static final String ENDED = "select count(*) from act_hi_actinst where end_time_ is not null";

    private EngineFaults() {}

    /** With a clock that is wrong by so much: time limits are over before they began, or locks end far in the future. */
    static Fault clockMoved(Duration by) {
        AtomicReference<String> before = new AtomicReference<>("");
        return inTime(
                        "engine killed, its clock " + Math.abs(by.toMinutes()) + " min "
                                + (by.isNegative() ? "behind" : "ahead") + " after its restart",
                        "goes on, or asks",
                        Duration.ZERO,
                        stage -> {
                            EngineProcess engine = stage.scene.engine;
                            engine.kill();
                            before.set(stage.engineDatabase.value(ENDED).orElseThrow());
                            stage.spoil();
                            engine.environment(
                                    "LD_PRELOAD", MovedClock.library().toString());
                            engine.environment("MOVED_CLOCK_SECONDS", Long.toString(by.toSeconds()));
                        },
                        stage -> stage.scene.engine.start())
                // Its own history is no measure of time now.
                .over(stage ->
                        !stage.engineDatabase.value(ENDED).orElse(before.get()).equals(before.get()))
                .tolerating(Tolerated.SILENT_ENGINE, Tolerated.QUESTION, Tolerated.OTHER_CLOCK);
    }

    /** In the new build a step of the later models has another id: an instance that took it would show. */
    static Fault newBuild() {
        return inTime(
                        "engine replaced by a build with changed models",
                        "the instance keeps its models",
                        Duration.ZERO,
                        stage -> {
                            stage.scene.engine.kill();
                            stage.spoil();
                            stage.scene.engine.build(
                                    changed("start-other-nodes", "serviceTask_startAllNodes", "serviceTask_startThem"));
                        },
                        stage -> stage.scene.engine.start())
                .over(stage -> stage.engineDatabase.any(
                                "select 1 from act_re_procdef where key_ = 'start-other-nodes' and version_ = 2")
                        && stage.engineDatabase.any("select 1 from act_hi_actinst a join act_hi_procinst p"
                                + " on p.id_ = a.proc_inst_id_ where p.business_key_ = '" + stage.scene.operation()
                                + "' and a.act_id_ = 'serviceTask_startAllNodes' and a.end_time_ is not null"))
                .tolerating(Tolerated.SILENT_ENGINE);
    }

    private static Path changed(String model, String id, String other) {
        return ChangedBuild.of(model, id, other);
    }
}
