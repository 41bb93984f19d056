package nocobase.procedures.embedded;

/** The embedded PostgreSQL cannot be used: what happened, and what to do. */
final class EmbeddedDatabaseException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String remedy;

    EmbeddedDatabaseException(String what, String remedy) {
        this(what, remedy, null);
    }

    EmbeddedDatabaseException(String what, String remedy, Throwable cause) {
        super(what, cause);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
