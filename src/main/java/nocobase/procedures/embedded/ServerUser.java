package nocobase.procedures.embedded;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nocobase.procedures.language.Messages;

/**
 * As whom the server runs. PostgreSQL refuses to run as root; an engine that runs as root starts it without root's
 * identity: in a user namespace of its own, where the kernel allows that, else as the user {@code nobody}.
 *
 * @param prefix what goes before each command
 * @param owner to whom the files are given before a start, or null to leave them
 * @param accepted whose data it may be
 */
record ServerUser(List<String> prefix, UserPrincipal owner, Set<String> accepted) {

    private static final Messages MESSAGES = Messages.of("embedded");

    private static final String NOBODY = "nobody";
    private static final Duration PROBE = Duration.ofSeconds(10);
    private static final List<String> NAMESPACE = List.of("unshare", "-U");
    /** The arguments after "sh" reach the command as they are: no shell reads them. */
    private static final List<String> AS_NOBODY =
            List.of("su", NOBODY, "-s", "/bin/sh", "-c", "exec \"$@\"", "--", "sh");

    /** @param data where the data is, or will be */
    static ServerUser detect(Path directory, Path data) throws IOException {
        Path probe = Files.createTempFile(directory, "owner", "");
        try {
            UserPrincipal engine = Files.getOwner(probe);
            return isRoot(probe) ? notRoot(engine, data) : new ServerUser(List.of(), null, Set.of(engine.getName()));
        } finally {
            Files.delete(probe);
        }
    }

    private static boolean isRoot(Path probe) throws IOException {
        return probe.getFileSystem().supportedFileAttributeViews().contains("unix")
                && Integer.valueOf(0).equals(Files.getAttribute(probe, "unix:uid"));
    }

    /** Data that belongs to nobody stays so: a server of a killed engine may still be running on it. */
    private static ServerUser notRoot(UserPrincipal root, Path data) throws IOException {
        Set<String> accepted = Set.of(root.getName(), NOBODY);
        boolean nobodys = Files.exists(data) && Files.getOwner(data).getName().equals(NOBODY);
        if (!nobodys && works(NAMESPACE)) {
            return new ServerUser(NAMESPACE, root, accepted);
        }
        if (works(AS_NOBODY)) {
            UserPrincipal nobody =
                    FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY);
            return new ServerUser(AS_NOBODY, nobody, accepted);
        }
        throw new EmbeddedDatabaseException(MESSAGES.text("root"), MESSAGES.text("root.remedy"));
    }

    /** @throws EmbeddedDatabaseException if the data is somebody else's */
    void requireOwn(Path data) throws IOException {
        String found = Files.getOwner(data).getName();
        if (!accepted.contains(found)) {
            throw new EmbeddedDatabaseException(
                    MESSAGES.text("notOwn", data, found), MESSAGES.text("notOwn.remedy", found));
        }
    }

    private static boolean works(List<String> prefix) {
        try {
            ServerCommand.Result id = ServerCommand.run(with(prefix, List.of("id", "-u")), PROBE);
            return id.exitCode() == 0 && !id.output().strip().equals("0");
        } catch (IOException e) {
            return false;
        }
    }

    List<String> command(List<String> command) {
        return with(prefix, command);
    }

    private static List<String> with(List<String> prefix, List<String> command) {
        List<String> whole = new ArrayList<>(prefix);
        whole.addAll(command);
        return whole;
    }

    /** Gives the tree to the server's user, where that is somebody else. */
    void own(Path tree) throws IOException {
        if (owner == null) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                Files.setOwner(path, owner);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isSymbolicLink()) {
                    Files.setOwner(path, owner);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
