package nocobase.procedures.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Asks the balancer ten times a second which version serves, and tells apart who answered. */
final class Clients implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What they got from one moment on, until the next. */
    record Period(Instant from, Instant to, Answer answer, int requests) {}

    /**
     * @param kind who answered
     * @param detail the version, or what was wrong
     */
    record Answer(Kind kind, String detail) {}

    enum Kind {
        /** A ready node. */
        APPLICATION,
        /** The 503 page. */
        PAGE,
        /** A node that is not ready: nobody may be sent there. */
        UNREADY_NODE,
        /** No connection, or it broke. */
        NOBODY,
        /** Anything else: 502, 404, a page of nginx's own. */
        OTHER
    }

    private final URI question;
    private final List<Period> periods = new ArrayList<>();
    private final Thread thread = new Thread(this::ask, "campaign-client");
    private volatile boolean going = true;

    Clients(URI balancer) {
        question = balancer.resolve("/api/app:getInfo");
        thread.setDaemon(true);
        thread.start();
    }

    synchronized List<Period> periods() {
        return List.copyOf(periods);
    }

    private void ask() {
        while (going) {
            note(answer());
            try {
                Thread.sleep(100); // the pace of this client, no wait of a test
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private Answer answer() {
        try {
            // By a connection of its own: see ClientWatch.
            HttpURLConnection connection = (HttpURLConnection) question.toURL().openConnection();
            connection.setRequestProperty("Connection", "close");
            connection.setConnectTimeout(5_000);
            connection.setReadTimeout(10_000);
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                return classified(status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            return new Answer(Kind.NOBODY, String.valueOf(e.getMessage()));
        }
    }

    private static Answer classified(int status, String body) {
        JsonNode json = json(body);
        String version = json.at("/data/version").asText();
        if (status == 200 && !version.isEmpty()) {
            return new Answer(Kind.APPLICATION, version);
        }
        if (status == 503 && json.at("/error/code").asText().equals("MAINTENANCE")) {
            return new Answer(Kind.PAGE, "");
        }
        if (status == 503 && json.at("/error/code").asText().startsWith("APP_")) {
            return new Answer(Kind.UNREADY_NODE, json.at("/error/code").asText());
        }
        return new Answer(Kind.OTHER, status + " " + body.substring(0, Math.min(80, body.length())));
    }

    private static JsonNode json(String body) {
        try {
            JsonNode read = JSON.readTree(body);
            return read == null ? JSON.nullNode() : read;
        } catch (IOException e) {
            return JSON.nullNode();
        }
    }

    private synchronized void note(Answer answer) {
        Instant now = Instant.now();
        Period last = periods.isEmpty() ? null : periods.get(periods.size() - 1);
        if (last != null && last.answer().equals(answer)) {
            periods.set(periods.size() - 1, new Period(last.from(), now, answer, last.requests() + 1));
        } else {
            periods.add(new Period(now, now, answer, 1));
        }
    }

    @Override
    public void close() {
        going = false;
        thread.interrupt();
    }
}
