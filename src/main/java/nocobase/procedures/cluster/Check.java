package nocobase.procedures.cluster;

import nocobase.procedures.language.Messages;

/**
 * One precondition and what was found.
 *
 * @param name what is checked, a few words ("Same environment on all nodes")
 * @param finding what was found, with figures
 * @param remedy what to do about it; empty when passed
 * @param returnIsRemedy whether that remedy is to bring the cluster back to service: to say so there would lead nowhere
 */
public record Check(String name, Result result, String finding, String remedy, boolean returnIsRemedy) {

    /** A warning needs a person's acceptance; a failure is not accepted by anybody. */
    public enum Result {
        PASS,
        WARN,
        FAIL
    }

    public static Check pass(String name, String finding) {
        return new Check(name, Result.PASS, finding, "", false);
    }

    public static Check warn(String name, String finding, String remedy) {
        return new Check(name, Result.WARN, finding, remedy, false);
    }

    public static Check fail(String name, String finding, String remedy) {
        return new Check(name, Result.FAIL, finding, remedy, false);
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

    /** The same finding, whose remedy is to bring the cluster back to service. */
    public Check mendedByReturn() {
        return new Check(name, result, finding, remedy, true);
    }

    /** The same finding under a name that says where it was made. */
    public Check named(String fullName) {
        return new Check(fullName, result, finding, remedy, returnIsRemedy);
    }
}
