package nocobase.procedures.process;

import java.util.Map;
import nocobase.procedures.cluster.Progress;

/** Progress of the outside world as progress of a condition. */
final class Results {

    private Results() {}

    /** Once the proof is there, clients are served. */
    static Progress<Map<String, Object>> served(Progress<?> proof) {
        return proof.then(proven -> Progress.done(Map.of(Variables.SERVED, true)));
    }

    /** The condition's progress where the result itself is of no interest to the process. */
    static Progress<Map<String, Object>> none(Progress<?> progress) {
        return progress.then(result -> Progress.done(Map.of()));
    }
}
