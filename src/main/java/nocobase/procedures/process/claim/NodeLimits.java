package nocobase.procedures.process.claim;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Scale;
import nocobase.procedures.concurrent.Signal;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * How many nodes of a claimed cluster may run: none, the first only, or any number. Kept with the claim, so that it holds
 * over restarts of the engine and ends with the procedure.
 *
 * <p>A limit is in force, and lifted, at once, in a transaction of its own: before the caller starts a node that may run from
 * now on.
 */
@Component
public class NodeLimits {

    /**
     * A limit in force.
     *
     * @param since when it came into force; another moment is another limit
     */
    public record NodeLimit(String cluster, OperationId operation, Scale.Size size, Instant since) {

        Scale scale() {
            return size == Scale.Size.NONE ? Scale.none() : Scale.first();
        }
    }

    private static final String LIMITED = "select * from cluster_claim where node_limit is not null";

    private final JdbcTemplate jdbc;
    private final TransactionTemplate atOnce;
    private final Signal changed = new Signal();

    NodeLimits(JdbcTemplate jdbc, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.atOnce = new TransactionTemplate(transactions);
        atOnce.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /** No node runs, and from now on none may. */
    public void none(OperationId operation) {
        set(operation, Scale.Size.NONE);
    }

    /** From now on the first node may run, and no other. */
    public void firstOnly(OperationId operation) {
        set(operation, Scale.Size.FIRST);
    }

    /** Any number of nodes may run. */
    public void lift(OperationId operation) {
        set(operation, null);
    }

    private void set(OperationId operation, Scale.Size size) {
        String text = size == null ? null : size.name();
        atOnce.executeWithoutResult(transaction -> jdbc.update(
                "update cluster_claim set node_limit = ?, node_limit_since = clock_timestamp()"
                        + " where operation = ? and node_limit is distinct from ?",
                text,
                operation.value(),
                text));
        changed.ring();
    }

    /** Returns when this engine has changed a limit, at the latest after the time. */
    void awaitChange(Duration atMost) throws InterruptedException {
        changed.await(atMost);
    }

    List<NodeLimit> all() {
        return jdbc.query(LIMITED + " order by cluster", (row, number) -> read(row));
    }

    /**
     * Does something that is right only under the limit: meanwhile nobody lifts or changes it. Nothing is done if it is not
     * in force any more, or if somebody else is at it.
     */
    void whileInForce(NodeLimit limit, Consumer<NodeLimit> work) {
        atOnce.executeWithoutResult(transaction -> jdbc
                .query(
                        LIMITED + " and operation = ? for update skip locked",
                        (row, number) -> read(row),
                        limit.operation().value())
                .stream()
                .filter(limit::equals)
                .forEach(work));
    }

    private static NodeLimit read(ResultSet row) throws SQLException {
        return new NodeLimit(
                row.getString("cluster"),
                new OperationId(row.getString("operation")),
                Scale.Size.valueOf(row.getString("node_limit")),
                row.getTimestamp("node_limit_since").toInstant());
    }
}
