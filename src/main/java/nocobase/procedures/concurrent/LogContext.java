package nocobase.procedures.concurrent;

import java.util.Map;
import org.slf4j.MDC;

/**
 * What each line of the log says of the work that it belongs to: the operation, and the step of its procedure as the model
 * and the evidence name it, which is why something is done. Work that goes on in another thread takes it along.
 */
public final class LogContext implements AutoCloseable {

    /** Its name in the logging pattern. */
    private static final String WORK = "work";

    private final String before;

    private LogContext(String work) {
        before = MDC.get(WORK);
        MDC.put(WORK, work);
    }

    /**
     * Until it is closed, in this thread.
     *
     * @param step the step's name; null where no step of a procedure does it
     */
    public static LogContext of(String operation, String step) {
        return new LogContext(step == null ? operation : operation + ", " + step);
    }

    /** The work as it belongs to the caller's, in whatever thread it runs. */
    public static Runnable carried(Runnable work) {
        Map<String, String> callers = MDC.getCopyOfContextMap();
        return callers == null || callers.isEmpty() ? work : () -> runAs(callers, work);
    }

    private static void runAs(Map<String, String> callers, Runnable work) {
        Map<String, String> own = MDC.getCopyOfContextMap();
        MDC.setContextMap(callers);
        try {
            work.run();
        } finally {
            MDC.setContextMap(own == null ? Map.of() : own);
        }
    }

    @Override
    public void close() {
        if (before == null) {
            MDC.remove(WORK);
        } else {
            MDC.put(WORK, before);
        }
    }
}
