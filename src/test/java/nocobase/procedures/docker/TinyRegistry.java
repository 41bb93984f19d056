package nocobase.procedures.docker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** As much of an image registry (Docker's HTTP API V2) as a pull needs, on the loopback address, where engines ask for no TLS. */
final class TinyRegistry implements AutoCloseable {

    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private static final int TLS_HANDSHAKE = 0x16;

    private final HttpServer server;
    private final ServerSocket front;
    private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private volatile int blobMillis;

    TinyRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "tiny-registry");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/", this::answer);
        server.start();
        front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread("front", this::accept);
    }

    /** An engine asks for TLS first, and would wait ten seconds for the answer of a server that does not know it. */
    private void accept() {
        while (!front.isClosed()) {
            try {
                Socket client = front.accept();
                thread("connection", () -> connect(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try (client;
                Socket behind = new Socket(
                        InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            PushbackInputStream in = new PushbackInputStream(client.getInputStream());
            int first = in.read();
            if (first < 0 || first == TLS_HANDSHAKE) {
                return;
            }
            in.unread(first);
            thread("request", () -> copy(in, behind));
            behind.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // the engine hung up
        }
    }

    private static void copy(InputStream in, Socket behind) {
        try {
            in.transferTo(behind.getOutputStream());
        } catch (IOException e) {
            // the engine hung up
        }
    }

    private static void thread(String name, Runnable work) {
        Thread thread = new Thread(work, "tiny-registry-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    String repository() {
        return "127.0.0.1:" + front.getLocalPort() + "/team/nocobase";
    }

    /** Each blob takes so long, in pieces. */
    void slow(int millis) {
        blobMillis = millis;
    }

    /** An image with one file: NocoBase's package of that version, or nothing of it. */
    void publish(String tag, String packageVersion, String architecture, int padding) {
        byte[] layer = layer(packageVersion, padding);
        byte[] config = ("{\"architecture\":\"" + architecture
                        + "\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + digest(layer) + "\"]}}")
                .getBytes(StandardCharsets.UTF_8);
        blobs.put(digest(layer), layer);
        blobs.put(digest(config), config);
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + MANIFEST
                        + "\",\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\",\"size\":"
                        + config.length + ",\"digest\":\"" + digest(config)
                        + "\"},\"layers\":[{\"mediaType\":\"application/vnd.docker.image.rootfs.diff.tar\",\"size\":"
                        + layer.length + ",\"digest\":\"" + digest(layer) + "\"}]}")
                .getBytes(StandardCharsets.UTF_8);
        manifests.put(tag, manifest);
        manifests.put(digest(manifest), manifest);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String last = path.substring(path.lastIndexOf('/') + 1);
        if (path.equals("/v2/")) {
            send(exchange, 200, "application/json", "{}".getBytes(StandardCharsets.UTF_8), 0);
        } else if (path.contains("/manifests/") && manifests.containsKey(last)) {
            exchange.getResponseHeaders().add("Docker-Content-Digest", digest(manifests.get(last)));
            send(exchange, 200, MANIFEST, manifests.get(last), 0);
        } else if (path.contains("/blobs/") && blobs.containsKey(last)) {
            send(exchange, 200, "application/octet-stream", blobs.get(last), blobMillis);
        } else {
            send(
                    exchange,
                    404,
                    "application/json",
                    "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}"
                            .getBytes(StandardCharsets.UTF_8),
                    0);
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body, int millis)
            throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().add("Content-Length", Integer.toString(body.length));
        }
        exchange.sendResponseHeaders(status, head ? -1 : body.length);
        if (!head) {
            int piece = Math.max(1, body.length / 10);
            for (int at = 0; at < body.length; at += piece) {
                exchange.getResponseBody().write(body, at, Math.min(piece, body.length - at));
                exchange.getResponseBody().flush();
                pause(millis / 10);
            }
        }
        exchange.close();
    }

    /** A registry far away: nothing is awaited here. */
    private static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] layer(String packageVersion, int padding) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            String folder = "";
            for (String name : "app/nocobase/node_modules/@nocobase/server".split("/")) {
                folder += name + "/";
                tar.putArchiveEntry(new TarArchiveEntry(folder));
                tar.closeArchiveEntry();
            }
            if (packageVersion != null) {
                file(
                        tar,
                        folder + "package.json",
                        ("{\"version\":\"" + packageVersion + "\"}").getBytes(StandardCharsets.UTF_8));
            }
            byte[] noise = new byte[padding];
            new java.util.Random().nextBytes(noise);
            file(tar, "noise", noise);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void file(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        front.close();
        server.stop(0);
    }
}
