package nocobase.procedures.balancer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that is written for a route.
 *
 * @param generation identifies the contents; every answer bears it, which proves what is in force
 * @param probe word that makes nginx tell which node answered; in no answer, so that only the engine knows it
 * @param files contents by file name, in the order of writing: what nginx reads at once comes last
 * @param addresses the nodes that it names
 */
record Configuration(String generation, String probe, Map<String, String> files, List<Address> addresses) {

    /** Stands for the generation in the texts that the generation is made from. */
    static final String GENERATION = "@generation@";

    /** Stands for the probe's word. */
    static final String PROBE = "@probe@";

    static Configuration of(Map<String, String> texts, List<Address> addresses) {
        byte[] digest = digest(String.join("\0", texts.values()));
        String generation = HexFormat.of().formatHex(digest, 0, 6);
        String probe = HexFormat.of().formatHex(digest, 6, 22);
        Map<String, String> files = new LinkedHashMap<>();
        texts.forEach((name, text) ->
                files.put(name, text.replace(GENERATION, generation).replace(PROBE, probe)));
        return new Configuration(generation, probe, files, addresses);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
