package nocobase.procedures.campaign;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import nocobase.procedures.docker.DockerScene;

/** Takes single databases of the cluster's server away, as if the server behind them were down, and gives them back. */
final class Databases {

    private Databases() {}

    /** Nobody can connect, and whoever was connected is cut off. */
    static void takeAway(DockerScene docker, String database) {
        asAdministrator(docker, "alter database " + database + " allow_connections false");
        asAdministrator(
                docker, "select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + database + "'");
    }

    static void giveBack(DockerScene docker, String database) {
        asAdministrator(docker, "alter database " + database + " allow_connections true");
    }

    static void asAdministrator(DockerScene docker, String statement) {
        try (Connection administrator = DriverManager.getConnection(
                        docker.jdbcUrl("postgres"), DockerScene.ADMIN, DockerScene.ADMIN_PASSWORD);
                Statement jdbc = administrator.createStatement()) {
            jdbc.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }
}
