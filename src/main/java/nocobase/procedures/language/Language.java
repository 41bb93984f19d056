package nocobase.procedures.language;

import java.util.List;
import java.util.Locale;

/**
 * The language that the whole installation speaks: forms, tasks, findings, refusals, evidence, mail. It is set once, before
 * anything is read from a bundle.
 */
public final class Language {

    public static final Locale ENGLISH = Locale.ENGLISH;
    public static final Locale PORTUGUESE = Locale.forLanguageTag("pt-BR");

    /** All that may be configured; the first one is spoken where nothing else fits. */
    public static final List<Locale> ALL = List.of(ENGLISH, PORTUGUESE);

    private static volatile Locale spoken = ENGLISH;

    private Language() {}

    public static Locale spoken() {
        return spoken;
    }

    public static void speak(Locale language) {
        spoken = language;
    }

    /**
     * The language to speak.
     *
     * @param configured {@code en} or {@code pt-BR}; null or blank for the installation's own
     * @param installation the locale of the machine
     * @throws UnknownLanguageException if another language is configured
     */
    public static Locale of(String configured, Locale installation) {
        if (configured == null || configured.isBlank()) {
            return installation.getLanguage().equals(PORTUGUESE.getLanguage()) ? PORTUGUESE : ENGLISH;
        }
        return ALL.stream()
                .filter(language -> language.toLanguageTag().equalsIgnoreCase(configured.strip()))
                .findFirst()
                .orElseThrow(() -> new UnknownLanguageException(configured));
    }
}
