package nocobase.procedures.process.step;

import java.util.Map;
import nocobase.procedures.cluster.Progress;

/** Progress of the outside world as progress of a condition. */
final class Results {

    private Results() {}

    /** The condition's progress where the result itself is of no interest to the process. */
    static Progress<Map<String, Object>> none(Progress<?> progress) {
        return progress.then(result -> Progress.done(Map.of()));
    }
}
