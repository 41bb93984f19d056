package nocobase.procedures.backup;

import java.util.List;
import java.util.stream.Stream;

/** NocoBase's storage as the nodes mount it, and which parts of it belong to a restore point. */
final class StorageFolders {

    /** Where the official image has it. */
    static final String PATH = "/app/nocobase/storage";

    /**
     * What a start changes, or keys live in: unlicensed plugins are deleted and licensed ones overwritten, scripts are
     * executed, {@code .upgrading} forces an upgrade, {@code apps/*}{@code /*.dat} are encryption keys. Not {@code uploads}
     * (a start does not touch it, and it may be large: it goes into the durable copy), {@code backups} (kept, never restored
     * over), {@code logs}, {@code tmp} and caches.
     */
    static final List<String> CHANGED_BY_START =
            List.of("plugins", "apps", "environment-variables", ".license", "scripts", ".upgrading");

    /** Begins the name of the folder that keeps what a restore replaced. */
    static final String REPLACED = ".replaced-";

    /** Belong to the installation, not to the data: a licence is bound to it, and a pending upgrade is its own. */
    private static final List<String> OF_THE_INSTALLATION = List.of(".license", ".upgrading");

    /** What is archived: what a start changes, and what the owner added. */
    static List<String> archived(List<String> added) {
        return Stream.concat(CHANGED_BY_START.stream(), added.stream())
                .distinct()
                .toList();
    }

    /**
     * What a restore replaces. Of another cluster's restore point all that belongs to the data; its uploads replace those
     * that are there, which belong to rows that are replaced too.
     */
    static List<String> replacedBy(StoredRestorePoint point, List<String> archived) {
        if (!point.received()) {
            return archived;
        }
        return Stream.concat(
                        archived.stream().filter(folder -> !OF_THE_INSTALLATION.contains(folder)), Stream.of("uploads"))
                .toList();
    }

    private StorageFolders() {}
}
