package nocobase.procedures.cluster;

import java.time.Instant;
import java.util.Optional;

/**
 * Who acts on a cluster, kept in the cluster's own world: what an engine's database says of it, another engine does not see,
 * and a backup of last week says what was so last week. One mark stands at a time; each engine replaces it again and again
 * while a procedure of its own runs. A fence that somebody removed is no fault: the next mark is written as the first was.
 */
public interface ClusterFence {

    /** The mark that stands; empty where none was ever made, or somebody removed it. */
    Optional<Mark> read();

    /**
     * Puts a mark in the place of all with lower numbers.
     *
     * @param mark with a number above that of the mark that was read
     * @return whether it stands; false where somebody else was quicker, whose mark stands then
     */
    boolean put(Mark mark);

    /**
     * One sign of life.
     *
     * @param number rises with each mark of a cluster, whoever makes it
     * @param token tells it from any other mark: only who made it, or was told of it, knows it
     * @param engine id of the engine's database: engines that share one are one
     * @param host where that engine runs, for people
     * @param operation the procedure that acts, or acted last
     * @param held whether it acts; else the cluster was given back
     */
    record Mark(long number, String token, String engine, String host, String operation, boolean held, Instant at) {}
}
