package nocobase.procedures.language;

/** A language is configured that nobody speaks here. */
public final class UnknownLanguageException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    UnknownLanguageException(String configured) {
        super(Messages.of("language").text("unknown", configured));
    }
}
