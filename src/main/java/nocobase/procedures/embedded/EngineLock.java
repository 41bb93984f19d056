package nocobase.procedures.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import nocobase.procedures.language.Messages;

/**
 * Keeps two engines off one data directory. The operating system holds the lock for this process and takes it back when the
 * process ends, however it ends.
 */
final class EngineLock implements AutoCloseable {

    private static final Messages MESSAGES = Messages.of("embedded");

    private final FileChannel channel;

    private EngineLock(FileChannel channel) {
        this.channel = channel;
    }

    static EngineLock take(Path directory) throws IOException {
        Path file = directory.resolve("engine.lock");
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw inUse(directory, file);
        }
        channel.truncate(0);
        channel.write(
                ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        return new EngineLock(channel);
    }

    private static EmbeddedDatabaseException inUse(Path directory, Path file) {
        return new EmbeddedDatabaseException(holder(directory, file), MESSAGES.text("locked.remedy"));
    }

    private static String holder(Path directory, Path file) {
        try {
            return MESSAGES.text("locked.by", directory, Files.readString(file).strip());
        } catch (IOException e) {
            return MESSAGES.text("locked", directory);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
