package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.transport.DockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import nocobase.procedures.language.Messages;

/**
 * A transport that asks in the API version agreed on. A Docker engine may be upgraded while this application runs, or be taken
 * back to an older version: what it refuses as a bad request is asked once more if another version is agreed on now. It
 * refuses a version before it does anything (moby, {@code api/server/middleware/version.go}).
 */
final class AgreedApi implements DockerHttpClient {

    private static final Messages MESSAGES = Messages.of("docker");

    private static final int BAD_REQUEST = 400;

    private final DockerHttpClient transport;
    private final Negotiation negotiation;

    AgreedApi(DockerHttpClient transport, Negotiation negotiation) {
        this.transport = transport;
        this.negotiation = negotiation;
    }

    @Override
    public Response execute(Request request) {
        ApiVersion asked = negotiation.agreed();
        Response response = transport.execute(in(asked, request));
        if (response.getStatusCode() != BAD_REQUEST) {
            return response;
        }
        BadRequestException refusal = refusal(request, response);
        ApiVersion now = negotiation.anew();
        if (now.equals(asked) || !rewound(request.body())) {
            throw refusal;
        }
        return transport.execute(in(now, request));
    }

    private static Request in(ApiVersion version, Request request) {
        return Request.builder()
                .from(request)
                .path("/v" + version + request.path())
                .build();
    }

    private BadRequestException refusal(Request request, Response response) {
        try (response) {
            return new BadRequestException(DockerEngine.text(response));
        } catch (IOException e) {
            throw new EngineFault(
                    MESSAGES.text("engine.brokeOff", negotiation.place(), DockerEngine.callOf(request)), e);
        }
    }

    /** Whether it can be sent a second time: it may have been read. */
    private static boolean rewound(InputStream body) {
        if (body instanceof ByteArrayInputStream bytes) {
            bytes.reset();
        }
        return body == null || body instanceof ByteArrayInputStream;
    }

    @Override
    public void close() throws IOException {
        transport.close();
    }
}
