package nocobase.procedures.process.engine;

import java.util.stream.Stream;
import org.camunda.bpm.engine.impl.cmd.UnlockJobCmd;
import org.camunda.bpm.engine.impl.interceptor.Command;
import org.camunda.bpm.engine.impl.jobexecutor.DefaultFailedJobCommandFactory;

/** A job that has to rest did not fail: it keeps its tries, and no incident comes of it. */
class RestingJobs extends DefaultFailedJobCommandFactory {

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public Command<Object> getCommand(String jobId, Throwable exception) {
        boolean rests = Stream.iterate(exception, cause -> cause != null, Throwable::getCause)
                .anyMatch(RestingException.class::isInstance);
        return rests ? (Command) new UnlockJobCmd(jobId) : super.getCommand(jobId, exception);
    }
}
