package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.NotFoundException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import nocobase.procedures.language.Messages;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Files in a container, running or not, through the engine's archive calls. */
final class Archives {

    private static final Messages MESSAGES = Messages.of("docker");

    private final DockerEngine engine;

    Archives(DockerEngine engine) {
        this.engine = engine;
    }

    /** A file as an archive has it. */
    private record Entry(TarArchiveEntry header, byte[] content) {}

    /** What a link points to is not in the archive. */
    private static boolean isFile(TarArchiveEntry header) {
        return header.isFile() && !header.isSymbolicLink() && !header.isLink();
    }

    /** The file's content, that of a link is nothing; empty if the container has no such file. */
    Optional<byte[]> read(String container, String path) {
        return entry(container, path).map(entry -> {
            if (!entry.header().isFile()) {
                throw new IllegalStateException(MESSAGES.text("archive.notAFile", path, container));
            }
            return entry.content();
        });
    }

    /** Those of the directory's files that it has. Everything in it passes through the engine's answer. */
    Map<String, byte[]> read(String container, String directory, Set<String> names) {
        Map<String, byte[]> found = new HashMap<>();
        try (InputStream archive = engine.control()
                        .copyArchiveFromContainerCmd(container, directory + "/.")
                        .exec();
                TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            for (TarArchiveEntry entry = first(tar); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName();
                if (isFile(entry) && names.contains(name)) {
                    found.put(name, tar.readAllBytes());
                }
            }
            return found;
        } catch (NotFoundException e) {
            return Map.of();
        } catch (IOException e) {
            throw new EngineFault(MESSAGES.text("archive.brokeOff", directory, container), e);
        }
    }

    /** Changes a file, which keeps its owner and mode; does nothing if the container has no such file, or it stays the same. */
    void change(String container, String directory, String file, UnaryOperator<byte[]> change) {
        entry(container, directory + "/" + file)
                .filter(entry -> isFile(entry.header()))
                .ifPresent(entry -> {
                    byte[] changed = change.apply(entry.content());
                    if (!Arrays.equals(changed, entry.content())) {
                        TarArchiveEntry header = entry.header();
                        put(
                                container,
                                directory,
                                tar(
                                        Map.of(file, changed),
                                        header.getMode(),
                                        header.getLongUserId(),
                                        header.getLongGroupId()));
                    }
                });
    }

    private Optional<Entry> entry(String container, String path) {
        try (InputStream archive = engine.control()
                        .copyArchiveFromContainerCmd(container, path)
                        .exec();
                TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            return Optional.of(new Entry(first(tar), tar.readAllBytes()));
        } catch (NotFoundException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new EngineFault(MESSAGES.text("archive.brokeOff", path, container), e);
        }
    }

    /** An engine that goes away in between may end its answer as if there was nothing in it. */
    private static TarArchiveEntry first(TarArchiveInputStream tar) throws IOException {
        TarArchiveEntry first = tar.getNextEntry();
        if (first == null) {
            throw new EOFException("The archive is empty");
        }
        return first;
    }

    /** Puts files into a directory of the container; missing directories below it are made. */
    void put(String container, String directory, Map<String, byte[]> files, int mode) {
        put(container, directory, tar(files, mode, 0, 0));
    }

    private void put(String container, String directory, byte[] tar) {
        engine.control()
                .copyArchiveToContainerCmd(container)
                .withRemotePath(directory)
                .withTarInputStream(new ByteArrayInputStream(tar))
                .exec();
    }

    private static byte[] tar(Map<String, byte[]> files, int mode, long user, long group) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                entry.setMode(mode);
                entry.setUserId(user);
                entry.setGroupId(group);
                entry.setModTime(System.currentTimeMillis());
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new IllegalStateException("An archive in memory cannot be written", e);
        }
        return bytes.toByteArray();
    }
}
