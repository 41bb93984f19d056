package nocobase.procedures.rehearsal;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * The table of the simulated worlds, one row for each cluster. Its changes are committed on a connection of their own: what
 * happened in the outside world is not undone when the engine's transaction rolls back. The row lock lets several engine
 * instances work on one world.
 */
final class WorldStore {

    private static final Messages MESSAGES = Messages.of("rehearsal");

    private final DataSource dataSource;
    private final ObjectMapper json = mapper();

    WorldStore(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Makes the world unless there is one. */
    void createIfAbsent(String cluster, Supplier<WorldState> fresh) {
        inTransaction(connection -> {
            if (!select(connection, cluster, "").isPresent()) {
                insert(connection, cluster, fresh.get());
            }
            return null;
        });
    }

    Kept read(String cluster) {
        try (Connection connection = dataSource.getConnection()) {
            String text = select(connection, cluster, "").orElseThrow(() -> gone(cluster));
            return new Kept(text, parse(text));
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    /** Whether the world still is as it was read. */
    boolean unchanged(Kept kept) {
        return write(kept.world).equals(kept.text);
    }

    /**
     * Changes the world under its row's lock. What the change did is kept also when it ends with an exception: a refused
     * route was refused.
     */
    <T> T change(String cluster, Function<WorldState, T> change) {
        Outcome<T> outcome = inTransaction(connection -> {
            String before = select(connection, cluster, " for update").orElseThrow(() -> gone(cluster));
            WorldState world = parse(before);
            Outcome<T> result = Outcome.of(() -> change.apply(world));
            String after = write(world);
            if (!after.equals(before)) {
                update(connection, cluster, after);
            }
            return result;
        });
        return outcome.get();
    }

    void replace(String cluster, WorldState world) {
        inTransaction(connection -> {
            select(connection, cluster, " for update").orElseThrow(() -> gone(cluster));
            update(connection, cluster, write(world));
            return null;
        });
    }

    private static IllegalStateException gone(String cluster) {
        return new IllegalStateException(MESSAGES.text("world.gone", cluster));
    }

    private static Optional<String> select(Connection connection, String cluster, String lock) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("select state from rehearsal_world where cluster = ?" + lock)) {
            query.setString(1, cluster);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }

    private void insert(Connection connection, String cluster, WorldState world) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(
                "insert into rehearsal_world (cluster, state) values (?, ?) on conflict do nothing")) {
            insert.setString(1, cluster);
            insert.setString(2, write(world));
            insert.executeUpdate();
        }
    }

    private static void update(Connection connection, String cluster, String state) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "update rehearsal_world set state = ?, row_version = row_version + 1 where cluster = ?")) {
            update.setString(1, state);
            update.setString(2, cluster);
            update.executeUpdate();
        }
    }

    private <T> T inTransaction(SqlWork<T> work) {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw unreachable(e);
        }
    }

    private static DataAccessResourceFailureException unreachable(SQLException e) {
        return new DataAccessResourceFailureException(MESSAGES.text("world.unreachable", e.getMessage()), e);
    }

    private String write(WorldState world) {
        try {
            return json.writeValueAsString(world);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private WorldState parse(String state) {
        try {
            return json.readValue(state, WorldState.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(MESSAGES.text("world.unreadable"), e);
        }
    }

    private static ObjectMapper mapper() {
        SimpleModule versions = new SimpleModule();
        versions.addSerializer(Version.class, ToStringSerializer.instance);
        versions.addDeserializer(Version.class, new JsonDeserializer<>() {
            @Override
            public Version deserialize(JsonParser parser, DeserializationContext context) throws IOException {
                return Version.parse(parser.getValueAsString());
            }
        });
        return JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .addModule(versions)
                .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
                .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
                .visibility(PropertyAccessor.CREATOR, JsonAutoDetect.Visibility.ANY)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .build();
    }

    /** A world as it was read, and as it has become since. */
    record Kept(String text, WorldState world) {}

    private interface SqlWork<T> {
        T on(Connection connection) throws SQLException;
    }

    /** What a change yielded: a result or an exception. */
    private record Outcome<T>(T result, RuntimeException thrown) {

        static <T> Outcome<T> of(Supplier<T> call) {
            try {
                return new Outcome<>(call.get(), null);
            } catch (RuntimeException e) {
                return new Outcome<>(null, e);
            }
        }

        T get() {
            if (thrown != null) {
                throw thrown;
            }
            return result;
        }
    }
}
