package nocobase.procedures;

import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Asks axe-core about a page as it stands in the browser. */
public final class Axe {

    /** What axe holds to be serious, in words that lead to the place. */
    private static final String SERIOUS = """
            async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
                .filter(one => ['serious', 'critical'].includes(one.impact))
                .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html} ${node.failureSummary}`))""";

    private Axe() {}

    public static List<?> seriousIn(Page page) {
        try (InputStream script = Axe.class.getResourceAsStream("/axe.min.js")) {
            page.evaluate(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (List<?>) page.evaluate(SERIOUS);
    }
}
