package nocobase.procedures.embedded;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import nocobase.procedures.language.Messages;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the jar beside the data: not into a folder for everybody's temporary files, where
 * others could put programs of their own.
 */
record PostgresBinaries(Path home) {

    private static final Messages MESSAGES = Messages.of("embedded");

    private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);
    private static final String PREFIX = "programs-";
    private static final int NAME_LENGTH = 16;

    /** In a folder that the caller has for itself: what other versions of the engine left there is removed. */
    static PostgresBinaries besideData(Path directory) throws IOException {
        PostgresBinaries binaries = shared(directory);
        removeOthers(directory, binaries.home());
        return binaries;
    }

    static PostgresBinaries shared(Path directory) throws IOException {
        byte[] archive = archive();
        Path home = directory.resolve(PREFIX + digest(archive).substring(0, NAME_LENGTH));
        if (!Files.isDirectory(home)) {
            LOG.info("Unpacking the embedded PostgreSQL into {}", home);
            Path half = Files.createTempDirectory(directory, "unpacking-");
            unpack(archive, half);
            moveUnlessThere(half, home);
        }
        return new PostgresBinaries(home);
    }

    private static void moveUnlessThere(Path half, Path home) throws IOException {
        try {
            Files.move(half, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(home)) {
                throw e;
            }
            FileSystemUtils.deleteRecursively(half);
        }
    }

    private static byte[] archive() throws IOException {
        try (InputStream archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system(), hardware())) {
            return archive.readAllBytes();
        } catch (IllegalStateException e) {
            throw new EmbeddedDatabaseException(
                    MESSAGES.text("noBinaries", system(), hardware()), MESSAGES.text("noBinaries.remedy"), e);
        }
    }

    private static String system() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (name.contains("windows")) {
            return "Windows";
        }
        return name.contains("mac") ? "Darwin" : "Linux";
    }

    private static String hardware() {
        String name = System.getProperty("os.arch");
        return name.equals("amd64") ? "x86_64" : name;
    }

    private static String digest(byte[] archive) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unpack(byte[] archive, Path target) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException(MESSAGES.text("archiveLeaves", entry.getName()));
                }
                unpack(tar, entry, path);
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            return;
        }
        Files.createDirectories(path.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, path);
            if (path.getParent().endsWith("bin")) {
                path.toFile().setExecutable(true, false);
            }
        }
    }

    private static void removeOthers(Path directory, Path home) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : children.toList()) {
                String name = child.getFileName().toString();
                if (!child.equals(home) && (name.startsWith(PREFIX) || name.startsWith("unpacking-"))) {
                    FileSystemUtils.deleteRecursively(child);
                }
            }
        }
    }

    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }
}
