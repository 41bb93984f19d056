package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.DockerException;

/** The Docker engine, or what stands before it, failed at a call (status 500 and above). Worth another try. */
class EngineFailure extends DockerException {

    private static final long serialVersionUID = 1L;

    private final String sentence;
    private final String answer;

    /** @param answer what it said, as it came */
    EngineFailure(String message, int status, String answer) {
        super(message, status);
        this.sentence = message;
        this.answer = answer;
    }

    /** Without the status that docker-java puts before it. */
    @Override
    public String getMessage() {
        return sentence;
    }

    String answer() {
        return answer;
    }
}
