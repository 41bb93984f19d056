package nocobase.procedures.process;

import java.security.SecureRandom;
import java.util.Base64;

/** Secrets of private links: 128 random bits, safe in a URL and in a configuration file. */
public final class PrivateLinks {

    private static final SecureRandom RANDOM = new SecureRandom();

    private PrivateLinks() {}

    /** The secret at the end of a private link. */
    public static String secretOf(String link) {
        return link.substring(link.lastIndexOf('/') + 1);
    }

    public static String next() {
        byte[] secret = new byte[16];
        RANDOM.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }
}
