package nocobase.procedures.audit;

import java.time.Duration;
import java.time.Instant;

/**
 * One time without service of a cluster: from the moment clients lose it until they are served again, whatever procedures lie
 * between.
 *
 * @param since when clients got the maintenance page instead of the application
 * @param servedBefore whether they were served until then: not at a first start, nor where all was broken already
 * @param operation that began it
 * @param until when clients were served again; null while it lasts
 * @param endedBy the operation that brought them back; null while it lasts, and where nobody of ours did
 * @param work what was done last behind the maintenance page
 * @param left who left the cluster there; null while an operation works on it
 */
public record Downtime(
        long id,
        String cluster,
        Instant since,
        boolean servedBefore,
        String operation,
        Instant until,
        String endedBy,
        Work work,
        Left left) {

    /**
     * What an operation does behind the maintenance page.
     *
     * @param since when it began: that of the downtime, or later where another operation had left the cluster there
     */
    public record Work(String operation, String procedure, Instant since) {}

    /**
     * How an operation left the cluster.
     *
     * @param procedure its name ("Version upgrade")
     * @param who the person who decided so, or null if that is not known
     * @param outcome name of the end at which it arrived, or null if it was deleted
     * @param why what that person said; may be empty
     */
    public record Left(String operation, String procedure, Instant at, String who, String outcome, String why) {}

    public boolean lasts() {
        return until == null;
    }

    /** As it stood before it was over. */
    Downtime unended() {
        return new Downtime(id, cluster, since, servedBefore, operation, null, null, work, left);
    }

    /** Null while it lasts. */
    public Duration length() {
        return until == null ? null : Duration.between(since, until);
    }
}
