package nocobase.procedures.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import nocobase.procedures.cluster.DockerSettings;
import nocobase.procedures.language.Messages;

/**
 * A connection to one Docker engine, made at the first call. Control calls are answered within the configured time-out;
 * calls that wait for something (stop, exec, pull) have a transport of their own, for a time-out there is no fault.
 *
 * <p>Containers are read and made as the engine's own JSON: typed objects lose the fields that they do not know, and a
 * container that is made anew must lose nothing.
 */
class DockerEngine implements AutoCloseable {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final String address;
    private final DockerSettings settings;
    private final Duration longest;
    private final UnaryOperator<DockerHttpClient> seam;
    private Connection connection;

    /**
     * The engines of a cluster, in the order of their names.
     *
     * @param longest how long a call may wait that the engine answers only when something has happened
     */
    static List<DockerEngine> all(DockerSettings settings, Duration longest) {
        if (settings.hosts().isEmpty()) {
            return List.of(new DockerEngine(settings, longest));
        }
        return new TreeMap<>(settings.hosts())
                .entrySet().stream()
                        .map(host -> new DockerEngine(
                                host.getKey(),
                                host.getValue().address(),
                                of(settings, host.getValue()),
                                longest,
                                UnaryOperator.identity()))
                        .toList();
    }

    private static DockerSettings of(DockerSettings settings, DockerSettings.Host host) {
        return new DockerSettings(host.url(), host.tlsDirectory(), settings.timeout(), Map.of());
    }

    /** @param longest how long a call may wait that the engine answers only when something has happened */
    DockerEngine(DockerSettings settings, Duration longest) {
        this(settings, longest, UnaryOperator.identity());
    }

    /** @param seam wraps the transports; tests cut the connection there */
    DockerEngine(DockerSettings settings, Duration longest, UnaryOperator<DockerHttpClient> seam) {
        this("", null, settings, longest, seam);
    }

    private DockerEngine(
            String name,
            String address,
            DockerSettings settings,
            Duration longest,
            UnaryOperator<DockerHttpClient> seam) {
        this.address = address;
        this.name = name;
        this.settings = settings;
        this.longest = longest;
        this.seam = seam;
    }

    /** For calls that are answered at once. */
    DockerClient control() {
        return connected().control;
    }

    /** For calls that are answered when something has happened. */
    DockerClient patient() {
        return connected().patient;
    }

    /** The host's name among several; its address where it is the only one. */
    String name() {
        return name.isEmpty() ? settings.host() : name;
    }

    /** Its address. */
    String host() {
        return settings.host();
    }

    /** Where ports that its containers publish are reached; empty where the containers' own addresses serve. */
    Optional<String> publishedAt() {
        URI host = URI.create(settings.host());
        return Optional.ofNullable(address)
                .or(() -> host.getScheme().equals("unix") ? Optional.empty() : Optional.of(host.getHost()));
    }

    /** For messages. */
    private String place() {
        return name.isEmpty() ? settings.host() : name + " (" + settings.host() + ")";
    }

    /** What the engine says, or empty if it knows no such thing. */
    Optional<JsonNode> find(String path) {
        try {
            return Optional.of(get(path));
        } catch (NotFoundException e) {
            return Optional.empty();
        }
    }

    JsonNode get(String path) {
        return call(Request.builder().method(Request.Method.GET), path);
    }

    void delete(String path) {
        call(Request.builder().method(Request.Method.DELETE), path);
    }

    JsonNode post(String path, JsonNode body) {
        try {
            return call(
                    Request.builder()
                            .method(Request.Method.POST)
                            .putHeader("content-type", "application/json")
                            .bodyBytes(JSON.writeValueAsBytes(body)),
                    path);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A request for the Docker engine cannot be written", e);
        }
    }

    /** The container with that name or id. */
    Optional<JsonNode> container(String name) {
        return find("/containers/" + encoded(name) + "/json");
    }

    /** The image with that reference or id. */
    Optional<JsonNode> image(String reference) {
        return find("/images/" + encoded(reference).replace("%2F", "/").replace("%3A", ":") + "/json");
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The engine's own words in an error answer. */
    static String reason(DockerException e) {
        return reason(e instanceof EngineFailure failure ? failure.answer() : e.getMessage());
    }

    /** The message in it, or all of it. */
    static String reason(String answer) {
        String text = answer == null ? "" : answer;
        int start = text.indexOf('{');
        try {
            JsonNode message =
                    start < 0 ? null : JSON.readTree(text.substring(start)).get("message");
            return message == null ? text : message.asText().strip();
        } catch (JsonProcessingException notJson) {
            return text.strip();
        }
    }

    private JsonNode call(Request.Builder request, String path) {
        return read(connected().http, request.path(path).build(), place());
    }

    /** @param place the engine, for messages */
    static JsonNode read(DockerHttpClient http, Request request, String place) {
        try (DockerHttpClient.Response response = http.execute(request)) {
            String body = text(response);
            if (response.getStatusCode() >= 400) {
                throw error(response.getStatusCode(), body);
            }
            return body.isEmpty() ? JSON.nullNode() : JSON.readTree(body);
        } catch (IOException e) {
            throw new EngineFault(MESSAGES.text("engine.brokeOff", place, callOf(request)), e);
        }
    }

    /** The whole answer. */
    static String text(DockerHttpClient.Response response) throws IOException {
        return response.getBody() == null ? "" : new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static DockerException error(int status, String body) {
        return switch (status) {
            case 400 -> new BadRequestException(body);
            case 404 -> new NotFoundException(body);
            case 409 -> new ConflictException(body);
            default -> new DockerException(body, status);
        };
    }

    /** For messages. */
    static String callOf(Request request) {
        return request.method() + " " + request.path().replaceFirst("\\?.*", "");
    }

    private synchronized Connection connected() {
        if (connection == null) {
            connection = connect();
        }
        return connection;
    }

    private Connection connect() {
        DockerHttpClient http = transport(settings.timeout());
        DockerHttpClient waiting = null;
        try {
            Negotiation negotiation = new Negotiation(http, place());
            negotiation.anew();
            waiting = transport(longest);
            return new Connection(new AgreedApi(http, negotiation), new AgreedApi(waiting, negotiation), config());
        } catch (RuntimeException e) {
            close(http);
            close(waiting);
            throw e;
        }
    }

    private DockerHttpClient transport(Duration answer) {
        DockerClientConfig config = config();
        DockerHttpClient transport = new ZerodepDockerHttpClient.Builder()
                .dockerHost(config.getDockerHost())
                .sslConfig(config.getSSLConfig())
                .connectionTimeout(settings.timeout())
                .responseTimeout(answer)
                .build();
        return new ClearErrors(seam.apply(transport), place(), answer);
    }

    /** Without a version: {@link AgreedApi} puts it before each path. */
    private DockerClientConfig config() {
        DefaultDockerClientConfig.Builder config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(settings.host())
                .withApiVersion(RemoteApiVersion.UNKNOWN_VERSION)
                .withDockerTlsVerify(settings.tlsDirectory() != null);
        if (settings.tlsDirectory() != null) {
            config.withDockerCertPath(settings.tlsDirectory().toString());
        }
        return config.build();
    }

    @Override
    public synchronized void close() {
        if (connection != null) {
            close(connection.http);
            close(connection.waiting);
            connection = null;
        }
    }

    private static void close(DockerHttpClient http) {
        try {
            if (http != null) {
                http.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Connection(
            DockerHttpClient http, DockerHttpClient waiting, DockerClient control, DockerClient patient) {

        Connection(DockerHttpClient http, DockerHttpClient waiting, DockerClientConfig config) {
            this(
                    http,
                    waiting,
                    DockerClientImpl.getInstance(config, http),
                    DockerClientImpl.getInstance(config, waiting));
        }
    }
}
