package nocobase.procedures.cluster;

import nocobase.procedures.language.Messages;

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

    /**
     * A warning from two texts of a bundle.
     *
     * @param key first part of both keys, with its last dot: {@code what} and {@code remedy} follow
     */
    public static Check warn(String name, Messages messages, String key, Object... arguments) {
        return warn(name, messages.text(key + "what", arguments), messages.text(key + "remedy", arguments));
    }

    /** A failure from two texts of a bundle, as {@link #warn(String, Messages, String, Object...)}. */
    public static Check fail(String name, Messages messages, String key, Object... arguments) {
        return fail(name, messages.text(key + "what", arguments), messages.text(key + "remedy", arguments));
    }
}
