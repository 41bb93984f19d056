package nocobase.procedures.docker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A container's restart policy as one word: {@code always}, {@code on-failure:3}. */
record RestartRule(String name, int retries) {

    static final RestartRule NO = new RestartRule("no", 0);

    private static final Pattern TEXT = Pattern.compile("(no|always|unless-stopped|on-failure)(?::(\\d{1,9}))?");

    RestartRule {
        name = name.isEmpty() ? "no" : name;
    }

    static Optional<RestartRule> parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        return matcher.matches()
                ? Optional.of(new RestartRule(
                        matcher.group(1), matcher.group(2) == null ? 0 : Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    boolean isNo() {
        return name.equals("no");
    }

    @Override
    public String toString() {
        return retries == 0 ? name : name + ":" + retries;
    }
}
