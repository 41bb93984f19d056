package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each model has a picture in docs/ which was drawn from it as it is now: the picture keeps the model's SHA-256. */
class ModelPicturesTest {

    private static final Path MODELS = Path.of("processes");
    private static final Path PICTURES = Path.of("docs");
    private static final Pattern HASH = Pattern.compile("<svg[^>]* data-model-sha256=\"([^\"]*)\"");
    private static final String ADVICE = "Run docs/draw/draw, look at the pictures, and commit them.";

    @BeforeEach
    void thereAreModels() throws IOException {
        assertThat(files(MODELS, ".bpmn")).as("models in processes/").isNotEmpty();
    }

    @Test
    void everyModelHasAPictureDrawnFromItsPresentState() throws IOException {
        List<String> problems = files(MODELS, ".bpmn").stream()
                .flatMap(model -> problemOf(model).stream())
                .toList();

        assertThat(problems).as(ADVICE).isEmpty();
    }

    @Test
    void everyPictureHasAModel() throws IOException {
        List<String> orphans = files(PICTURES, ".svg").stream()
                .filter(picture -> modelHash(picture).isPresent())
                .filter(picture -> !Files.exists(MODELS.resolve(nameOf(picture) + ".bpmn")))
                .map(picture -> picture + " was drawn from a model that is no longer there")
                .toList();

        assertThat(orphans).as(ADVICE).isEmpty();
    }

    private static Optional<String> problemOf(Path model) {
        Path picture = PICTURES.resolve(nameOf(model) + ".svg");
        if (!Files.exists(picture)) {
            return Optional.of(model + " has no picture " + picture);
        }
        boolean current = modelHash(picture).equals(Optional.of(sha256(model)));
        return current ? Optional.empty() : Optional.of(picture + " does not show " + model + " as it is now");
    }

    private static Optional<String> modelHash(Path picture) {
        var hash = HASH.matcher(read(picture));
        return hash.find() ? Optional.of(hash.group(1)) : Optional.empty();
    }

    private static String nameOf(Path file) {
        return file.getFileName().toString().replaceFirst("\\.\\w+$", "");
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError("Cannot read " + file, e);
        }
    }

    private static String sha256(Path file) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            return HexFormat.of().formatHex(digest);
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new AssertionError("Cannot read " + file, e);
        }
    }
}
