package nocobase.procedures.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The application's classes with one model changed, as the next release of it would come. */
final class ChangedBuild {

    private static final Path CLASSES = Path.of("target", "classes");
    private static final Path CHANGED = Path.of("target", "campaign-build");

    private ChangedBuild() {}

    /** @return a directory for the class path, in which an activity of the model has another id */
    static Path of(String model, String id, String other) {
        try {
            copy();
            Path file = CHANGED.resolve("processes").resolve(model + ".bpmn");
            String xml = Files.readString(file);
            String changed = xml.replace("\"" + id + "\"", "\"" + other + "\"");
            if (changed.equals(xml)) {
                throw new IllegalStateException(model + " has no " + id);
            }
            Files.writeString(file, changed);
            return CHANGED.toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = CHANGED.resolve(CLASSES.relativize(file));
                Files.createDirectories(target.getParent());
                Files.write(target, Files.readAllBytes(file));
            }
        }
    }
}
