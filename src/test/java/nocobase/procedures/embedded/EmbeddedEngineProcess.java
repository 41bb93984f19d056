package nocobase.procedures.embedded;

import java.nio.file.Path;
import java.time.Duration;

/** A process of its own that holds an embedded server, as an engine does, until it is killed. */
final class EmbeddedEngineProcess {

    private EmbeddedEngineProcess() {}

    public static void main(String[] arguments) throws Exception {
        EmbeddedProperties properties =
                new EmbeddedProperties(Path.of(arguments[0]), true, Path.of(arguments[1]), Duration.ofSeconds(60));
        EmbeddedPostgresServer server = EmbeddedPostgresServer.start(properties);
        Database.execute(server, "create table if not exists kept (id int primary key)");
        Database.execute(
                server, "insert into kept values (" + ProcessHandle.current().pid() + ")");
        System.out.println("READY " + server.jdbcUrl());
        Thread.sleep(Long.MAX_VALUE);
    }
}
