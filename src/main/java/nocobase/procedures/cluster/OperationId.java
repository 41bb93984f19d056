package nocobase.procedures.cluster;

import java.security.SecureRandom;
import java.util.regex.Pattern;
import nocobase.procedures.language.Messages;

/**
 * Identity of one run of a procedure, {@code <cluster>-<8 characters>}: the business key of its process instance, and the
 * stem of every container, database and restore-point name that the run makes, so that each step finds its own
 * half-done work again.
 */
public record OperationId(String value) {

    private static final Messages MESSAGES = Messages.of("cluster");

    private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9-]{0,23}-[a-z2-7]{8}");
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
    private static final SecureRandom RANDOM = new SecureRandom();

    public OperationId {
        if (value == null || !FORM.matcher(value).matches()) {
            throw new IllegalArgumentException(MESSAGES.text("operation.invalid", Texts.shown(value)));
        }
    }

    /** A fresh id for a run on the cluster. */
    public static OperationId next(String cluster) {
        StringBuilder id = new StringBuilder(cluster).append('-');
        for (int i = 0; i < 8; i++) {
            id.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return new OperationId(id.toString());
    }

    public String cluster() {
        return value.substring(0, value.length() - 9);
    }

    /** The eight characters, for names that have little room (database names are cut at 63 bytes). */
    public String shortId() {
        return value.substring(value.length() - 8);
    }

    @Override
    public String toString() {
        return value;
    }
}
