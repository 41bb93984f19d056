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
 * @param files contents by file name, in the order of writing: what nginx reads at once comes last
 * @param addresses the nodes that it names
 */
record Configuration(String generation, Map<String, String> files, List<Address> addresses) {

    /** Stands for the generation in the texts that the generation is made from. */
    static final String GENERATION = "@generation@";

    static Configuration of(Map<String, String> texts, List<Address> addresses) {
        String generation = hash(String.join("\0", texts.values()));
        Map<String, String> files = new LinkedHashMap<>();
        texts.forEach((name, text) -> files.put(name, text.replace(GENERATION, generation)));
        return new Configuration(generation, files, addresses);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
