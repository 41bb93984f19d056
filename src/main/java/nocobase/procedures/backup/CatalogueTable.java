package nocobase.procedures.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The catalogue as a table in the engine's own database. It records facts about the outside world, so its writes never
 * belong to a caller's transaction: a rolled back step does not undo a clone.
 */
final class CatalogueTable implements Catalogue {

    private static final String SAVE_REPLACED = """
            insert into restore_point_replaced (cluster, id, since, record) values (:cluster, :id, :since, :record)
            on conflict (cluster, id) do update set since = excluded.since, record = excluded.record
            """;

    private static final String SAVE = """
            insert into restore_point (cluster, id, taken_at, state, record)
            values (:cluster, :id, :takenAt, :state, :record)
            on conflict (cluster, id) do update
               set taken_at = excluded.taken_at, state = excluded.state, record = excluded.record
            """;

    private static final String REPLACE = """
            update restore_point set state = :state, record = :record
             where cluster = :cluster and id = :id and record = :read
            """;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .findAndAddModules()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final String cluster;
    private final JdbcClient jdbc;
    private final TransactionTemplate alone;

    CatalogueTable(String cluster, DataSource dataSource) {
        this.cluster = cluster;
        this.jdbc = JdbcClient.create(dataSource);
        this.alone = new TransactionTemplate(new JdbcTransactionManager(dataSource));
        this.alone.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Override
    public Optional<StoredRestorePoint> find(String id) {
        return alone.execute(status -> jdbc.sql("select record from restore_point where cluster = ? and id = ?")
                .param(cluster)
                .param(id)
                .query((row, number) -> read(row.getString(1), StoredRestorePoint.class))
                .optional());
    }

    @Override
    public List<StoredRestorePoint> list() {
        return alone.execute(
                status -> jdbc.sql("select record from restore_point where cluster = ? order by taken_at desc, id")
                        .param(cluster)
                        .query((row, number) -> read(row.getString(1), StoredRestorePoint.class))
                        .list());
    }

    @Override
    public void save(StoredRestorePoint point) {
        alone.executeWithoutResult(status -> jdbc.sql(SAVE)
                .param("cluster", cluster)
                .param("id", point.id())
                .param("takenAt", Timestamp.from(point.takenAt()))
                .param("state", point.state() == null ? null : point.state().name())
                .param("record", write(point))
                .update());
    }

    @Override
    public boolean replace(StoredRestorePoint read, StoredRestorePoint next) {
        return alone.execute(status -> jdbc.sql(REPLACE)
                        .param("cluster", cluster)
                        .param("id", read.id())
                        .param("read", write(read))
                        .param(
                                "state",
                                next.state() == null ? null : next.state().name())
                        .param("record", write(next))
                        .update())
                == 1;
    }

    @Override
    public void remove(String id) {
        alone.executeWithoutResult(status -> jdbc.sql("delete from restore_point where cluster = ? and id = ?")
                .param(cluster)
                .param(id)
                .update());
    }

    @Override
    public List<Replaced> replaced() {
        return alone.execute(status -> jdbc.sql(
                        "select record from restore_point_replaced where cluster = ? order by since desc, id")
                .param(cluster)
                .query((row, number) -> read(row.getString(1), Replaced.class))
                .list());
    }

    @Override
    public void save(Replaced replaced) {
        alone.executeWithoutResult(status -> jdbc.sql(SAVE_REPLACED)
                .param("cluster", cluster)
                .param("id", replaced.key())
                .param("since", Timestamp.from(replaced.since()))
                .param("record", write(replaced))
                .update());
    }

    @Override
    public void remove(Replaced replaced) {
        alone.executeWithoutResult(status -> jdbc.sql("delete from restore_point_replaced where cluster = ? and id = ?")
                .param(cluster)
                .param(replaced.key())
                .update());
    }

    private static <T> T read(String json, Class<T> type) {
        try {
            return JSON.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A row of the catalogue of restore points cannot be read", e);
        }
    }

    private static String write(Object record) {
        try {
            return JSON.writeValueAsString(record);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The catalogue of restore points cannot be written", e);
        }
    }
}
