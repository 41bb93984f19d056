package nocobase.procedures.docker;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The last 64 KiB of what a command wrote. */
final class Output {

    private static final int LIMIT = 64 * 1024;

    private byte[] bytes = new byte[0];

    synchronized void add(byte[] more) {
        byte[] all = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, all, bytes.length, more.length);
        bytes = all.length <= LIMIT ? all : Arrays.copyOfRange(all, all.length - LIMIT, all.length);
    }

    @Override
    public synchronized String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
