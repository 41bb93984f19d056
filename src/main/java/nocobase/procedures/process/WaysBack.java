package nocobase.procedures.process;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Version;

/** The ways back that a person may choose among, in words: the data as they are, or a restore point. */
final class WaysBack {

    private WaysBack() {}

    /**
     * @param recordedVersion the version that the data are of, or null if the database does not tell
     * @param begun the version of an upgrade that was begun and did not end, or null
     * @param again whether it is chosen in the course of something that goes on where none is chosen
     */
    static List<Map<String, String>> of(
            String recordedVersion, Version begun, boolean again, List<RestorePoint> restorePoints) {
        List<Map<String, String>> ways = new ArrayList<>();
        if (begun != null) {
            ways.add(Choices.option(
                    "Finish the upgrade to NocoBase " + begun + " that was begun: its start takes up what is left",
                    "finish"));
        } else if (recordedVersion != null) {
            ways.add(Choices.option(
                    "Keep the data as they are and start NocoBase " + recordedVersion + ", which they fit", "asIs"));
        }
        if (!usable(restorePoints).isEmpty()) {
            ways.add(Choices.option(
                    "Go back to a restore point; later changes are lost (a manager approves it)", "restore"));
        }
        ways.add(Choices.option(
                again
                        ? "None of these: back to the task before, nothing is changed"
                        : "None of these: the procedure ends, nothing was touched",
                "none"));
        return ways;
    }

    /**
     * The version above the recorded one that nodes were switched to: its migrations may have been applied in part, and the
     * recorded version is rewritten as their last step. Then the recorded version fits the data no more.
     *
     * @return null if there is none
     */
    static Version begun(String recordedVersion, List<Node> nodes) {
        return nodes.stream()
                .map(Node::version)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .filter(newest -> recordedVersion != null
                        && Version.parse(recordedVersion).isBelow(newest))
                .orElse(null);
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
