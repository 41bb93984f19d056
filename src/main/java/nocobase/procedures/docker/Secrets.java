package nocobase.procedures.docker;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The secret values of a container's environment, to be kept out of what people see. */
record Secrets(List<String> values) {

    private static final Pattern SECRET_NAME =
            Pattern.compile("KEY|SECRET|PASS|PWD|TOKEN|CREDENTIAL|PRIVATE|SALT", Pattern.CASE_INSENSITIVE);
    /** The password in {@code redis://user:password@host}. */
    private static final Pattern URL_PASSWORD = Pattern.compile("://[^/@\\s]*?:([^/@\\s]+)@");
    /** Shorter values are words of any text: hiding each "yes" would hide the log and no secret. */
    private static final int SHORTEST = 4;

    static Secrets of(Map<String, String> environment) {
        Stream<String> named = environment.entrySet().stream()
                .filter(variable -> SECRET_NAME.matcher(variable.getKey()).find())
                .map(Map.Entry::getValue);
        Stream<String> inUrls = environment.values().stream()
                .flatMap(value -> URL_PASSWORD.matcher(value).results().map(match -> match.group(1)));
        return new Secrets(Stream.concat(named, inUrls)
                .filter(value -> value.length() >= SHORTEST)
                .distinct()
                // A secret that begins with another one is masked whole.
                .sorted(Comparator.comparing(String::length).reversed())
                .toList());
    }

    String mask(String text) {
        String masked = text;
        for (String value : values) {
            masked = masked.replace(value, "***");
        }
        Matcher passwords = URL_PASSWORD.matcher(masked);
        return passwords.replaceAll(
                match -> Matcher.quoteReplacement(match.group().replace(":" + match.group(1) + "@", ":***@")));
    }
}
