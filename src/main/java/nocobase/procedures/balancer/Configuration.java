package nocobase.procedures.balancer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * All that is written for a route.
 *
 * @param generation identifies what is in force; every answer bears it, as a proof. What the page says of the present step
 *     has no part in it
 * @param probe word that makes nginx tell which node answered; in no answer, so that only the engine knows it
 * @param pages contents by file name; nginx reads them at each request
 * @param files contents by file name; nginx reads them when it is reloaded
 * @param addresses the nodes that it names
 */
record Configuration(
        String generation,
        String probe,
        Map<String, String> pages,
        Map<String, String> files,
        List<Address> addresses) {

    /** Stands for the generation in the texts that the generation is made from. */
    static final String GENERATION = "@generation@";

    /** Stands for the probe's word. */
    static final String PROBE = "@probe@";

    static Configuration of(Map<String, String> pages, String name, String text, List<Address> addresses) {
        byte[] digest = digest(String.join("\0", pages.values()) + "\0" + text);
        String generation = HexFormat.of().formatHex(digest, 0, 6);
        String probe = HexFormat.of().formatHex(digest, 6, 22);
        String filled = text.replace(GENERATION, generation).replace(PROBE, probe);
        return new Configuration(generation, probe, pages, Map.of(name, filled), addresses);
    }

    /** The same generation with other words on its pages. */
    Configuration withPages(Map<String, String> others) {
        return new Configuration(generation, probe, others, files, addresses);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
