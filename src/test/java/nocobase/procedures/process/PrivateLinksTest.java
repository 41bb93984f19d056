package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PrivateLinksTest {

    private final List<String> links =
            Stream.generate(PrivateLinks::next).limit(2_000).toList();

    @Test
    void aSecretHas128BitsAndFitsAUrlAndAConfigurationFile() {
        assertThat(links).doesNotHaveDuplicates().allMatch(link -> link.matches("[A-Za-z0-9_-]{22}"));
    }

    /** Any of the 64 characters anywhere, but at the end, where two bits are left of the 128. */
    @Test
    void noPlaceIsPredictable() {
        IntStream.range(0, 21)
                .forEach(place -> assertThat(links.stream().map(link -> link.charAt(place)))
                        .as("place " + place)
                        .satisfies(found -> assertThat(Set.copyOf(found)).hasSize(64)));
        assertThat(links.stream().map(link -> link.charAt(21)).distinct()).hasSize(4);
    }
}
