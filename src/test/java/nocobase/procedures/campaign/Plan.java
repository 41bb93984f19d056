package nocobase.procedures.campaign;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import nocobase.procedures.campaign.Stage.Setting;

/**
 * A run before it is one.
 *
 * @param title for people
 * @param procedure which is started
 * @param setting the kind of cluster that it needs
 * @param answers of the start form, made for the stage
 * @param retries how often a failed step is tried again
 * @param strikes the faults and their steps
 * @param end the end event that it must come to, or null if any named one will do
 */
record Plan(
        String title,
        String procedure,
        Setting setting,
        Function<Stage, Map<String, Object>> answers,
        int retries,
        List<Strike> strikes,
        String end) {

    /** Plugins are changed and a restore point is taken. */
    static final Map<String, Object> MAINTENANCE =
            Map.of("works", List.of("plugins"), "details", "as agreed", "restorePointFirst", true);

    static Plan of(String title, String procedure, Setting setting, Map<String, Object> answers, int retries) {
        return new Plan(title, procedure, setting, stage -> answers, retries, List.of(), null);
    }

    /** An upgrade to a version that behaves. */
    static Plan goodUpgrade(String title, int retries, Strike... strikes) {
        return upgrade(title, stage -> stage.images.good(), retries, "versionUpgraded", strikes);
    }

    /** An upgrade to a version with a fault, which ends with a rollback. */
    static Plan faultyUpgrade(String title, String fault, Strike... strikes) {
        return upgrade(title, stage -> stage.images.faulty(fault), 0, "previousVersionRestored", strikes);
    }

    private static Plan upgrade(
            String title, Function<Stage, String> version, int retries, String end, Strike... strikes) {
        return new Plan(
                title,
                "version-upgrade",
                Setting.SERVED,
                stage -> Map.of("targetVersion", version.apply(stage)),
                retries,
                List.of(strikes),
                end);
    }

    Plan with(List<Strike> faults) {
        return new Plan(title, procedure, setting, answers, retries, faults, end);
    }

    Plan on(Setting other) {
        return new Plan(title, procedure, other, answers, retries, strikes, end);
    }

    Plan retrying(int times) {
        return new Plan(title, procedure, setting, answers, times, strikes, end);
    }

    Plan endingAnyhow() {
        return new Plan(title, procedure, setting, answers, retries, strikes, null);
    }

    /** With a second engine on the same database. */
    Plan withReplica() {
        return new Plan(
                title,
                procedure,
                setting,
                stage -> {
                    stage.startReplica();
                    return answers.apply(stage);
                },
                retries,
                strikes,
                end);
    }

    Run on(Stage stage) {
        return new Run(stage, this, answers.apply(stage));
    }
}
