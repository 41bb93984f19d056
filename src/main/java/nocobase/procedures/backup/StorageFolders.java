package nocobase.procedures.backup;

import java.util.List;

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

    private StorageFolders() {}
}
