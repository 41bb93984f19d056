package nocobase.procedures.backup;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/** As PgBouncer in transaction mode with one connection to a server that trusts: whoever begins a transaction gets it. */
final class TransactionPooler implements Closeable {

    private static final int SSL_REQUEST = 80877103;

    private final ServerSocket listener = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());
    private final Semaphore free = new Semaphore(1);
    private final int server;
    private Socket backend;
    private DataInputStream fromServer;
    private DataOutputStream toServer;
    private List<Message> greeting;

    private record Message(int type, byte[] body) {
        void to(DataOutputStream out) throws IOException {
            out.writeByte(type);
            out.writeInt(body.length + 4);
            out.write(body);
        }
    }

    TransactionPooler(int server) throws IOException {
        this.server = server;
        run(() -> {
            while (!listener.isClosed()) {
                Socket client = listener.accept();
                run(() -> serve(client));
            }
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                Thread.onSpinWait(); // closed, by a client or by the test
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private void serve(Socket client) throws IOException {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            byte[] startup = startup(in, out);
            for (Message message : greeting(startup)) {
                message.to(out);
            }
            boolean held = false;
            try {
                while (true) {
                    Message asked = read(in);
                    if (asked.type == 'X') {
                        return;
                    }
                    if (!held) {
                        free.acquireUninterruptibly();
                        held = true;
                    }
                    asked.to(toServer);
                    if (asked.type == 'Q' || asked.type == 'S') {
                        held = relay(out) != 'I';
                        if (!held) {
                            free.release();
                        }
                    }
                }
            } finally {
                if (held) {
                    free.release();
                }
            }
        }
    }

    private static byte[] startup(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            byte[] body = new byte[in.readInt() - 4];
            in.readFully(body);
            int code = java.nio.ByteBuffer.wrap(body).getInt();
            if (code != SSL_REQUEST && code != SSL_REQUEST + 1) {
                return body;
            }
            out.writeByte('N');
        }
    }

    /** Of the server, for the first client; all others are told the same. */
    private synchronized List<Message> greeting(byte[] startup) throws IOException {
        if (greeting == null) {
            backend = new Socket(InetAddress.getLoopbackAddress(), server);
            fromServer = new DataInputStream(backend.getInputStream());
            toServer = new DataOutputStream(backend.getOutputStream());
            toServer.writeInt(startup.length + 4);
            toServer.write(startup);
            greeting = new ArrayList<>();
            do {
                greeting.add(read(fromServer));
            } while (greeting.get(greeting.size() - 1).type != 'Z');
        }
        return greeting;
    }

    /** @return the state of the transaction afterwards */
    private int relay(DataOutputStream out) throws IOException {
        while (true) {
            Message told = read(fromServer);
            told.to(out);
            if (told.type == 'Z') {
                return told.body[0];
            }
        }
    }

    private static Message read(DataInputStream in) throws IOException {
        int type = in.readUnsignedByte();
        byte[] body = new byte[in.readInt() - 4];
        in.readFully(body);
        return new Message(type, body);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        if (backend != null) {
            backend.close();
        }
    }
}
