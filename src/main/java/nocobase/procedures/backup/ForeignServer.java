package nocobase.procedures.backup;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import nocobase.procedures.cluster.Texts;

/** Recognizes a server that is not PostgreSQL: MySQL and MariaDB greet first, PostgreSQL waits to be spoken to. */
final class ForeignServer {

    private static final int CONNECT_MILLIS = 2000;
    private static final int GREETING_MILLIS = 1000;
    private static final int PROTOCOL_10 = 10;

    private ForeignServer() {}

    /** The version that a MySQL or MariaDB server tells in its greeting (protocol 10: length, number, 10, text, 0). */
    static Optional<String> greeting(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            socket.setSoTimeout(GREETING_MILLIS);
            InputStream in = socket.getInputStream();
            byte[] header = in.readNBytes(5);
            if (header.length < 5 || header[4] != PROTOCOL_10) {
                return Optional.empty();
            }
            StringBuilder version = new StringBuilder();
            for (int c = in.read(); c > 0 && version.length() < 60; c = in.read()) {
                version.append(new String(new byte[] {(byte) c}, StandardCharsets.ISO_8859_1));
            }
            return Optional.of(Texts.shown(version.toString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
