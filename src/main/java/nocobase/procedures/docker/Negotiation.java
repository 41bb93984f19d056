package nocobase.procedures.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The version of the Docker API that a Docker engine and this application agreed on last. */
final class Negotiation {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final Logger LOG = LoggerFactory.getLogger(Negotiation.class);

    /** The newest API version that was tried here; older engines are asked in their own. */
    private static final ApiVersion NEWEST = new ApiVersion(1, 44);
    /** Docker 19.03: the oldest that knows all fields read here. */
    private static final ApiVersion OLDEST = new ApiVersion(1, 40);

    private final DockerHttpClient http;
    private final String place;
    private volatile ApiVersion agreed;

    /**
     * @param http a transport whose calls bear no version
     * @param place the engine, for messages
     */
    Negotiation(DockerHttpClient http, String place) {
        this.http = http;
        this.place = place;
    }

    /** The engine, for messages. */
    String place() {
        return place;
    }

    /** @throws EngineFault if it was not agreed yet, and the engine can't be asked or is too old */
    ApiVersion agreed() {
        ApiVersion present = agreed;
        return present == null ? anew() : present;
    }

    /** @throws EngineFault if the engine can't be asked, or is too old */
    synchronized ApiVersion anew() {
        ApiVersion now = ask();
        if (agreed != null && !agreed.equals(now)) {
            LOG.info(
                    "The Docker engine at {} was exchanged: it is asked in API {} now, no more in {}",
                    place,
                    now,
                    agreed);
        }
        agreed = now;
        return now;
    }

    private ApiVersion ask() {
        JsonNode version = version();
        ApiVersion newest = ApiVersion.parse(version.path("ApiVersion").asText());
        ApiVersion oldest = ApiVersion.parse(version.path("MinAPIVersion").asText("1.12"));
        if (newest.compareTo(OLDEST) < 0) {
            throw new EngineFault(MESSAGES.text("engine.tooOld", place, newest, OLDEST), null);
        }
        ApiVersion both = newest.compareTo(NEWEST) < 0 ? newest : NEWEST;
        return both.compareTo(oldest) < 0 ? oldest : both;
    }

    private JsonNode version() {
        try {
            return DockerEngine.read(
                    http,
                    Request.builder()
                            .method(Request.Method.GET)
                            .path("/version")
                            .build(),
                    place);
        } catch (DockerException e) {
            // Such as: "Client sent an HTTP request to an HTTPS server"
            throw new EngineFault(MESSAGES.text("engine.refuses", place, DockerEngine.reason(e)), e);
        }
    }
}
