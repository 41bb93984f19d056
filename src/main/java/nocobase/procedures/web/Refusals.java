package nocobase.procedures.web;

import jakarta.annotation.Priority;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import nocobase.procedures.security.Refusal;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.rest.dto.ExceptionDto;
import org.camunda.bpm.engine.rest.exception.ExceptionHandlerHelper;
import org.camunda.bpm.engine.rest.exception.RestException;
import org.camunda.bpm.engine.rest.impl.CamundaRestResources;

/**
 * A refusal of ours reaches whoever asked with its own text and a fitting status, in the REST interface and in Tasklist.
 * Ours bears a code of 20000 plus an HTTP client error (20400, 20403, 20409, …). Camunda alone would answer 500 and
 * prefix "Cannot instantiate process definition …".
 */
final class Refusals {

    private Refusals() {}

    /**
     * Adds our mappers to the classes that both REST applications of Camunda are made of. The one behind Tasklist
     * ({@code EngineRestApplication}) is named by class in Camunda's servlet registration and has no other place to add to.
     */
    static void install() {
        Set<Class<?>> classes = CamundaRestResources.getConfigurationClasses();
        classes.remove(org.camunda.bpm.engine.rest.exception.ProcessEngineExceptionHandler.class);
        classes.remove(org.camunda.bpm.engine.rest.exception.RestExceptionHandler.class);
        classes.add(OfEngine.class);
        classes.add(OfRest.class);
    }

    private static Response answer(Throwable thrown) {
        return refusal(thrown)
                .orElseGet(() -> ExceptionHandlerHelper.getInstance().getResponse(thrown));
    }

    private static Optional<Response> refusal(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProcessEngineException refusal) {
                OptionalInt status = Refusal.status(refusal);
                if (status.isPresent()) {
                    ExceptionDto body = ExceptionDto.fromException(refusal);
                    body.setCode(refusal.getCode());
                    return Optional.of(Response.status(status.getAsInt())
                            .entity(body)
                            .type(MediaType.APPLICATION_JSON_TYPE)
                            .build());
                }
            }
        }
        return Optional.empty();
    }

    /** What the engine throws through a REST resource as it is. */
    @Priority(1)
    public static final class OfEngine implements ExceptionMapper<ProcessEngineException> {
        @Override
        public Response toResponse(ProcessEngineException thrown) {
            return answer(thrown);
        }
    }

    /** What a REST resource wraps. */
    @Priority(1)
    public static final class OfRest implements ExceptionMapper<RestException> {
        @Override
        public Response toResponse(RestException thrown) {
            return answer(thrown);
        }
    }
}
