package nocobase.procedures.cluster;

import java.util.List;
import java.util.Optional;

/** The application on the nodes and its record in the database. */
public interface NocoBase {

    /**
     * Whether the node serves the version, by all four proofs: the health check says ok, the node's own version, the version
     * recorded in the database, and every enabled plugin installed and answering. A bare 200 of the health check is no
     * proof. Fails at once when NocoBase reports a state that never heals.
     */
    Progress<Readiness> ready(Node node, Version version);

    /** The version recorded in the database, or empty for a database without NocoBase. */
    Optional<Version> recordedVersion();

    /** The application's part of the preconditions for the target version, which may be null (no switch). */
    List<Check> check(Version target);

    /**
     * Proof that a node is ready.
     *
     * @param plugins how many plugins are enabled
     */
    record Readiness(String node, Version version, int plugins) {}
}
