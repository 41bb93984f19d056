package nocobase.procedures;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HelpPagesTest {

    @Test
    void eachFormIsExplainedInBothLanguages() throws IOException {
        List<String> forms;
        try (Stream<Path> files = Files.list(Path.of("forms"))) {
            forms = files.map(file -> file.getFileName().toString().replace(".form", ""))
                    .toList();
        }
        for (String page : List.of("help.html", "ajuda.html")) {
            String help = Files.readString(Path.of("src/main/resources/static/status", page));
            assertThat(forms).as(page).allSatisfy(form -> assertThat(help).contains("<h3 id=\"" + form + "\">"));
        }
    }
}
