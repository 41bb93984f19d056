package nocobase.procedures.backup;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import nocobase.procedures.cluster.OperationId;

/**
 * One restore point restored in one operation, and the names that this gives. An operation may restore an earlier restore
 * point and afterwards go back to its own: each of the two has names of its own, so that each finds its own half-done work
 * again and neither takes the other's for done.
 */
record Restoral(String restorePoint, OperationId operation) {

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    boolean ofItsOwn() {
        return restorePoint.equals(operation.value());
    }

    /** Eight characters: the operation's own, or a digest of both ids. */
    String tag() {
        return ofItsOwn() ? operation.shortId() : digest(operation + "/" + restorePoint);
    }

    /** What the present database is called afterwards: it failed, or it was just before. */
    String aside(String database) {
        return ofItsOwn() ? DatabaseNames.failed(database, tag()) : DatabaseNames.before(database, tag());
    }

    /** A dump is restored into this database, which then takes the place. */
    String fresh(String database) {
        return DatabaseNames.fresh(database, tag());
    }

    String folder() {
        return StorageFolders.REPLACED + tag();
    }

    String dumpJob() {
        return ofItsOwn() ? operation + "-restore" : operation + "-restore-" + tag();
    }

    String storageJob() {
        return ofItsOwn() ? operation + "-storage-back" : operation + "-storage-back-" + tag();
    }

    String storageLook() {
        return storageJob() + "-look";
    }

    static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            StringBuilder tag = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                tag.append(ALPHABET.charAt(hash[i] & 31));
            }
            return tag.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
