package nocobase.procedures.process;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;

/** The ways back that a person may choose among, in words: the data as they are, or a restore point. */
public final class WaysBack {

    private static final Messages MESSAGES = Messages.of("process");

    private WaysBack() {}

    /**
     * What is known where a way back is chosen.
     *
     * @param recordedVersion the version that the data are of, or null if the database does not tell
     * @param begun the version of an upgrade that was begun and did not end, or null
     * @param again whether it is chosen in the course of something that goes on where none is chosen
     * @param maintenance whether the data as they are serve already: then only another state of them can be wanted
     */
    public record Situation(String recordedVersion, Version begun, boolean again, boolean maintenance) {}

    public static List<Map<String, String>> of(Situation situation, List<RestorePoint> restorePoints) {
        List<Map<String, String>> ways = new ArrayList<>();
        if (situation.begun() != null) {
            ways.add(Choices.option(MESSAGES.text("wayBack.finish", situation.begun()), "finish"));
        } else if (situation.recordedVersion() != null && !situation.maintenance()) {
            ways.add(Choices.option(MESSAGES.text("wayBack.asIs", situation.recordedVersion()), "asIs"));
        }
        if (!usable(restorePoints).isEmpty()) {
            ways.add(Choices.option(MESSAGES.text("wayBack.restore"), "restore"));
        }
        ways.add(Choices.option(MESSAGES.text(situation.again() ? "wayBack.noneAgain" : "wayBack.none"), "none"));
        return ways;
    }

    /** The newest first. */
    public static List<Map<String, String>> restorePoints(List<RestorePoint> restorePoints) {
        return usable(restorePoints).stream()
                .map(point -> Choices.option(
                        MESSAGES.text(
                                "wayBack.restorePoint",
                                point.version(),
                                Wording.restorePoint(point.id(), Optional.of(point))),
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
