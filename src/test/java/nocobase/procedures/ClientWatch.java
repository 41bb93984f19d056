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

    /** So long after nginx's new workers have answered, one of the old ones may take one more request on a busy machine. */
    private static final Duration RELOAD = Duration.ofMillis(500);

    /**
     * The same answer from one moment to another.
     *
     * @param route the balancer's mark of the route by which the last one came
     */
    record Period(int status, String route, Instant from, Instant to, int requests) {

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

    /** @param application where NocoBase is, with its last slash */
    ClientWatch(URI application) {
        health = application.resolve("api/__health_check");
        fromDatabase = application.resolve("api/pm:listEnabled");
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
            try {
                HttpURLConnection answer = answer(number % 3 == 0 ? fromDatabase : health);
                note(answer.getResponseCode(), String.valueOf(answer.getHeaderField("X-Procedures-Route")));
            } catch (IOException e) {
                note(0, "");
            }
            try {
                Thread.sleep(200); // the pace of this client, no wait of a test
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /**
     * By a connection of its own: one kept open may be closed by a reload of the balancer at the very moment at which it is
     * used again, which clients must expect and repeat (RFC 9112, 9.3.1).
     */
    private static HttpURLConnection answer(URI question) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) question.toURL().openConnection();
        connection.setRequestProperty("Connection", "close");
        connection.setConnectTimeout(5_000);
        connection.setReadTimeout(10_000);
        connection.getResponseCode();
        return connection;
    }

    private synchronized void note(int status, String route) {
        Instant now = Instant.now();
        Period last = periods.isEmpty() ? null : periods.get(periods.size() - 1);
        if (last != null) {
            if (ofTheRouteBefore(status, route, now)) {
                return;
            }
            boolean same = last.status() == status;
            periods.set(
                    periods.size() - 1,
                    new Period(
                            last.status(),
                            same ? route : last.route(),
                            last.from(),
                            now,
                            last.requests() + (same ? 1 : 0)));
            if (same) {
                return;
            }
        }
        periods.add(new Period(status, route, now, now, 1));
    }

    /** An answer of a node would bear the mark of the present route. */
    private boolean ofTheRouteBefore(int status, String route, Instant now) {
        if (periods.size() < 2) {
            return false;
        }
        Period before = periods.get(periods.size() - 2);
        Period last = periods.get(periods.size() - 1);
        return status == before.status()
                && route.equals(before.route())
                && !route.equals(last.route())
                && Duration.between(last.from(), now).compareTo(RELOAD) < 0;
    }

    @Override
    public void close() {
        going = false;
        thread.interrupt();
    }
}
