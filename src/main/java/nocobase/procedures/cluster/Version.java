package nocobase.procedures.cluster;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.language.Messages;

/**
 * A pinned NocoBase version such as {@code 2.2.15} or {@code 2.3.0-beta.4}. Floating tags ({@code latest}, {@code 2.2})
 * are not versions: they name another image tomorrow (nocobase/nocobase issue 5525).
 *
 * @param preRelease the part after the hyphen, empty for a release; a pre-release sorts before its release
 */
public record Version(int major, int minor, int patch, String preRelease) implements Comparable<Version> {

    private static final Messages MESSAGES = Messages.of("cluster");

    private static final Pattern PINNED =
            Pattern.compile("(\\d{1,5})\\.(\\d{1,5})\\.(\\d{1,5})(?:-([0-9A-Za-z]+(?:\\.[0-9A-Za-z]+)*))?");

    private static final Comparator<Version> BY_NUMBERS = Comparator.comparingInt(Version::major)
            .thenComparingInt(Version::minor)
            .thenComparingInt(Version::patch);

    /** @throws IllegalArgumentException if the text is not a pinned version; the message says what is expected */
    public static Version parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException(MESSAGES.text("version.invalid", Texts.shown(text))));
    }

    /** The version that the text names, or empty if it names none. */
    public static Optional<Version> tryParse(String text) {
        if (text == null) {
            return Optional.empty();
        }
        Matcher matcher = PINNED.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Version(
                Integer.parseInt(matcher.group(1)),
                Integer.parseInt(matcher.group(2)),
                Integer.parseInt(matcher.group(3)),
                matcher.group(4) == null ? "" : matcher.group(4)));
    }

    @Override
    public int compareTo(Version other) {
        int numbers = BY_NUMBERS.compare(this, other);
        return numbers != 0 ? numbers : comparePreReleases(preRelease, other.preRelease);
    }

    public boolean isBelow(Version other) {
        return compareTo(other) < 0;
    }

    private static int comparePreReleases(String left, String right) {
        if (left.isEmpty() || right.isEmpty()) {
            return Boolean.compare(left.isEmpty(), right.isEmpty());
        }
        String[] lefts = left.split("\\.");
        String[] rights = right.split("\\.");
        for (int i = 0; i < Math.min(lefts.length, rights.length); i++) {
            int order = compareIdentifiers(lefts[i], rights[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(lefts.length, rights.length);
    }

    /** Semantic versioning 2.0.0, clause 11: numbers by value and before words, words by their characters. */
    private static int compareIdentifiers(String left, String right) {
        boolean leftNumber = left.chars().allMatch(Character::isDigit);
        boolean rightNumber = right.chars().allMatch(Character::isDigit);
        if (leftNumber && rightNumber) {
            return new java.math.BigInteger(left).compareTo(new java.math.BigInteger(right));
        }
        return leftNumber != rightNumber ? (leftNumber ? -1 : 1) : left.compareTo(right);
    }

    @Override
    public String toString() {
        String numbers = major + "." + minor + "." + patch;
        return preRelease.isEmpty() ? numbers : numbers + "-" + preRelease;
    }
}
