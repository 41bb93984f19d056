package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.camunda.bpm.dmn.feel.impl.scala.ScalaFeelEngineFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every component of every form of ours is one whose answers the server can check. */
class RealFormsTest {

    @TestFactory
    Stream<DynamicTest> canBeChecked() throws IOException {
        return Files.list(Path.of("forms"))
                .filter(file -> file.toString().endsWith(".form"))
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    try (InputStream json = Files.newInputStream(file)) {
                        Form.parse(json, new ScalaFeelEngineFactory().createInstance());
                    }
                }));
    }

    @Test
    void thereAreForms() throws IOException {
        assertThat(Files.list(Path.of("forms"))).isNotEmpty();
    }
}
