package nocobase.procedures.cluster;

/**
 * One precondition and what was found.
 *
 * @param name what is checked, a few words ("Same environment on all nodes")
 * @param finding what was found, with figures
 * @param remedy what to do about it; empty when passed
 */
public record Check(String name, Result result, String finding, String remedy) {

    /** A warning needs a person's acceptance; a failure is not accepted by anybody. */
    public enum Result {
        PASS,
        WARN,
        FAIL
    }

    public static Check pass(String name, String finding) {
        return new Check(name, Result.PASS, finding, "");
    }

    public static Check warn(String name, String finding, String remedy) {
        return new Check(name, Result.WARN, finding, remedy);
    }

    public static Check fail(String name, String finding, String remedy) {
        return new Check(name, Result.FAIL, finding, remedy);
    }
}
