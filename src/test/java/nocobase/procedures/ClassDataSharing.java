package nocobase.procedures;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * The classes of the application as Java loaded them in one start, for each later start to map instead of reading and verifying
 * them again: a quarter of what a start costs, and the tests start the application often. Made once for each JVM of tests; an
 * archive holds for jars only, so the application's folder of classes becomes one.
 */
final class ClassDataSharing {

    private static ClassDataSharing made;

    private final Path folder;
    private final String classPath;

    private ClassDataSharing(List<String> classPath) throws IOException, InterruptedException {
        folder = Files.createTempDirectory("engine-classes");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> FileSystemUtils.deleteRecursively(folder.toFile())));
        String classes = classPath.stream()
                .filter(entry -> Files.isDirectory(Path.of(entry)))
                .findFirst()
                .orElseThrow();
        String jar = folder.resolve("application.jar").toString();
        if (ToolProvider.findFirst("jar").orElseThrow().run(System.out, System.err, "cf", jar, "-C", classes, ".")
                != 0) {
            throw new IllegalStateException("No jar could be made of " + classes);
        }
        this.classPath = classPath.stream()
                .map(entry -> entry.equals(classes) ? jar : entry)
                .collect(Collectors.joining(File.pathSeparator));
        archive();
    }

    /** @param classPath the application's, with one folder of classes in it */
    static synchronized ClassDataSharing of(List<String> classPath) {
        if (made == null) {
            try {
                made = new ClassDataSharing(classPath);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        return made;
    }

    /** For the command line of a JVM that starts the application. */
    Stream<String> options() {
        return Stream.of("-XX:SharedArchiveFile=" + file(), "-cp", classPath);
    }

    private Path file() {
        return folder.resolve("application.jsa");
    }

    /** By a start on a database of its own that ends when all is loaded. */
    private void archive() throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        try (EmbeddedPostgres database = EmbeddedPostgres.start()) {
            Stream<String> options = Stream.of(
                    "-XX:ArchiveClassesAtExit=" + file(), "-Dspring.context.exit=onRefresh", "-cp", classPath);
            Map<String, String> settings = Map.of(
                    "spring.datasource.url", database.getJdbcUrl("postgres", "postgres"),
                    "spring.datasource.username", "postgres",
                    "spring.datasource.password", "postgres");
            Process process = EngineProcess.application(options, settings, ProcessBuilder.Redirect.to(log.toFile()))
                    .directory(folder.toFile())
                    .start();
            if (!process.waitFor(3, TimeUnit.MINUTES) || !Files.exists(file())) {
                process.destroyForcibly();
                throw new IllegalStateException("The classes could not be archived: " + Files.readString(log));
            }
        }
    }
}
