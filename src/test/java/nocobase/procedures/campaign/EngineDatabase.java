package nocobase.procedures.campaign;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.UpgradeScene;
import nocobase.procedures.docker.DockerScene;

/** What the engine keeps in its database, read past the engine, also while no engine runs. */
final class EngineDatabase implements AutoCloseable {

    private final DockerScene docker;
    private Connection connection;

    EngineDatabase(DockerScene docker) {
        this.docker = docker;
    }

    /** Rows with their columns as text; empty while the database is away. */
    synchronized List<List<String>> rows(String query) {
        try (Statement statement = connection().createStatement();
                ResultSet result = statement.executeQuery(query)) {
            List<List<String>> rows = new ArrayList<>();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    row.add(result.getString(column));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            forget(e);
            return List.of();
        }
    }

    Optional<String> value(String query) {
        return rows(query).stream().findFirst().flatMap(row -> Optional.ofNullable(row.get(0)));
    }

    boolean any(String query) {
        return !rows(query).isEmpty();
    }

    /** Does nothing while the database is away. */
    synchronized void change(String statement) {
        try (Statement jdbc = connection().createStatement()) {
            jdbc.execute(statement);
        } catch (SQLException e) {
            forget(e);
        }
    }

    private Connection connection() throws SQLException {
        if (connection == null) {
            connection = DriverManager.getConnection(
                    docker.jdbcUrl(UpgradeScene.ENGINE_DATABASE),
                    UpgradeScene.ENGINE_DATABASE,
                    UpgradeScene.ENGINE_PASSWORD);
        }
        return connection;
    }

    /** A wrong query is a mistake of the campaign; a lost connection is what some faults are about. */
    private void forget(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        boolean away =
                state.startsWith("08") || state.startsWith("57") || state.equals("55000") || state.equals("3D000");
        close();
        if (!away) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized void close() {
        try (Connection closed = connection) {
            connection = null;
        } catch (SQLException e) {
            connection = null;
        }
    }
}
