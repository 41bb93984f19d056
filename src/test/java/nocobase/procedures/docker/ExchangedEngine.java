package nocobase.procedures.docker;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** One address at which one Docker engine answers, and then another, as after an upgrade of the daemon. */
final class ExchangedEngine implements AutoCloseable {

    private final ServerSocketChannel door;
    private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
    private volatile String socket;

    /** @param socket path of the first engine's */
    ExchangedEngine(String socket) throws IOException {
        this.socket = socket;
        this.door = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        inBackground(this::accept);
    }

    String url() throws IOException {
        return "tcp://127.0.0.1:" + ((InetSocketAddress) door.getLocalAddress()).getPort();
    }

    /** The present engine ends, and with it all that is connected; another one answers from now on. */
    void exchangeFor(String otherSocket) {
        socket = otherSocket;
        open.forEach(ExchangedEngine::close);
        open.clear();
    }

    private void accept() throws IOException {
        while (door.isOpen()) {
            SocketChannel client = door.accept();
            SocketChannel engine = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            open.addAll(List.of(client, engine));
            inBackground(() -> copy(client, engine));
            inBackground(() -> copy(engine, client));
        }
    }

    private static void copy(SocketChannel from, SocketChannel to) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (from;
                to) {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
        }
    }

    /** Ends with its channels. */
    private interface Work {
        void run() throws IOException;
    }

    private static void inBackground(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // One of both sides ended, or the test did.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        close(door);
        open.forEach(ExchangedEngine::close);
    }
}
