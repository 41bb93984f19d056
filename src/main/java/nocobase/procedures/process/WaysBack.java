package nocobase.procedures.process;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.cluster.RestorePoint;

/** The ways back that a person may choose among, in words: the data as they are, or a restore point. */
final class WaysBack {

    private WaysBack() {}

    /** @param recordedVersion the version that the data are of, or null if the database does not tell */
    static List<Map<String, String>> of(String recordedVersion, List<RestorePoint> restorePoints) {
        List<Map<String, String>> ways = new ArrayList<>();
        if (recordedVersion != null) {
            ways.add(Choices.option(
                    "Keep the data as they are and start NocoBase " + recordedVersion + ", which they fit", "asIs"));
        }
        if (!usable(restorePoints).isEmpty()) {
            ways.add(Choices.option(
                    "Go back to a restore point; later changes are lost (a manager approves it)", "restore"));
        }
        ways.add(Choices.option("Leave the cluster as it is: the procedure ends, nothing was touched", "none"));
        return ways;
    }

    /** The newest first. */
    static List<Map<String, String>> restorePoints(List<RestorePoint> restorePoints) {
        return usable(restorePoints).stream()
                .map(point -> Choices.option(
                        "NocoBase " + point.version() + ": " + Wording.restorePoint(point.id(), Optional.of(point)),
                        point.id()))
                .toList();
    }

    private static List<RestorePoint> usable(List<RestorePoint> restorePoints) {
        return restorePoints.stream()
                .filter(point -> point.state() != RestorePoint.State.SPENT)
                .sorted(Comparator.comparing(RestorePoint::takenAt).reversed())
                .toList();
    }
}
