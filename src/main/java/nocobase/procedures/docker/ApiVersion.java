package nocobase.procedures.docker;

import nocobase.procedures.language.Messages;

/** A version of the Docker API. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {

    private static final Messages MESSAGES = Messages.of("docker");

    static ApiVersion parse(String text) {
        String[] parts = text.split("\\.");
        try {
            return new ApiVersion(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new EngineFault(MESSAGES.text("engine.notDocker", text), e);
        }
    }

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
