package nocobase.procedures.balancer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A shell script of this package. */
final class Script {

    private Script() {}

    static String read(String name) {
        try (InputStream found = Script.class.getResourceAsStream(name)) {
            if (found == null) {
                throw new IllegalStateException("the script " + name + " is missing from the jar");
            }
            return new String(found.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
