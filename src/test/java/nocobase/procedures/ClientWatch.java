package nocobase.procedures;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A client that asks the balancer several times a second and remembers what it got: mostly whether the application is
 * healthy, and each third time for something that it must read from its database, because health is "ok" without one.
 */
final class ClientWatch implements AutoCloseable {

    /** The same answer from one moment to another. */
    record Period(int status, Instant from, Instant to, int requests) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d for %.1f s (%d requests)",
                    status,
                    Duration.between(from, to).toMillis() / 1000.0,
                    requests);
        }
    }

    private final URI health;
    private final URI fromDatabase;
    private final List<Period> periods = new ArrayList<>();
    private final Thread thread = new Thread(this::ask, "client");
    private volatile boolean going = true;

    ClientWatch(URI balancer) {
        health = balancer.resolve("/api/__health_check");
        fromDatabase = balancer.resolve("/api/pm:listEnabled");
        thread.setDaemon(true);
        thread.start();
    }

    synchronized List<Period> periods() {
        return List.copyOf(periods);
    }

    synchronized void forget() {
        periods.clear();
    }

    private void ask() {
        for (int number = 1; going; number++) {
            int status;
            try {
                status = status(number % 3 == 0 ? fromDatabase : health);
            } catch (IOException e) {
                status = 0;
            }
            note(status);
            try {
                Thread.sleep(100); // the pace of this client, no wait of a test
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /**
     * By a connection of its own: one kept open may be closed by a reload of the balancer at the very moment at which it is
     * used again, which clients must expect and repeat (RFC 9112, 9.3.1).
     */
    private static int status(URI question) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) question.toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        connection.setConnectTimeout(5_000);
        connection.setReadTimeout(10_000);
        return connection.getResponseCode();
    }

    private synchronized void note(int status) {
        Instant now = Instant.now();
        Period last = periods.isEmpty() ? null : periods.get(periods.size() - 1);
        if (last != null) {
            boolean same = last.status() == status;
            periods.set(
                    periods.size() - 1, new Period(last.status(), last.from(), now, last.requests() + (same ? 1 : 0)));
            if (same) {
                return;
            }
        }
        periods.add(new Period(status, now, now, 1));
    }

    @Override
    public void close() {
        going = false;
        thread.interrupt();
    }
}
