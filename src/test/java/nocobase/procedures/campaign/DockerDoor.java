package nocobase.procedures.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between the engine and the Docker daemon, on the loopback interface, so that the daemon can be slow, silent, broken
 * or gone for the engine alone. The machine's own daemon is never touched.
 */
final class DockerDoor implements AutoCloseable {

    private static final UnixDomainSocketAddress DAEMON = UnixDomainSocketAddress.of("/var/run/docker.sock");
    private static final byte[] BROKEN = ("HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
                    + "Content-Length: 38\r\nConnection: close\r\n\r\n{\"message\":\"the campaign broke docker\"}")
            .getBytes(StandardCharsets.US_ASCII);

    private static final Duration LATE = Duration.ofSeconds(1);

    enum Mode {
        OPEN,
        /** Each answer comes a second late. */
        SLOW,
        /** Connections are taken, nothing is answered. */
        SILENT,
        /** Every request gets an error of the server. */
        ERRORS,
        /** As while the daemon restarts: connections end at once. */
        GONE
    }

    private final ServerSocketChannel door;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.OPEN;

    DockerDoor() {
        try {
            door = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run(this::accept);
    }

    String url() {
        return "tcp://127.0.0.1:" + door.socket().getLocalPort();
    }

    /** Connections of before are cut. */
    void set(Mode changed) {
        mode = changed;
        open.forEach(DockerDoor::end);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = door.accept();
                open.add(client);
                run(() -> serve(client));
            }
        } catch (IOException e) {
            // closed: the campaign is over
        }
    }

    private void serve(SocketChannel client) {
        try {
            switch (mode) {
                case OPEN, SLOW -> passOn(client);
                case GONE -> end(client);
                case SILENT -> client.read(ByteBuffer.allocate(1 << 16));
                case ERRORS -> {
                    client.read(ByteBuffer.allocate(1 << 16));
                    client.write(ByteBuffer.wrap(BROKEN));
                    end(client);
                }
            }
        } catch (IOException e) {
            end(client);
        }
    }

    private void passOn(SocketChannel client) throws IOException {
        SocketChannel daemon = SocketChannel.open(StandardProtocolFamily.UNIX);
        daemon.connect(DAEMON);
        open.add(daemon);
        run(() -> copy(daemon, client, mode == Mode.SLOW ? LATE : Duration.ZERO));
        copy(client, daemon, Duration.ZERO);
    }

    private void copy(ByteChannel from, SocketChannel to, Duration late) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                Thread.sleep(late.toMillis()); // what the mode is about, no wait of a test
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException | InterruptedException e) {
            end(to);
        }
    }

    private static void end(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(Runnable work) {
        Thread thread = new Thread(work, "docker-door");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(DockerDoor::end);
    }
}
