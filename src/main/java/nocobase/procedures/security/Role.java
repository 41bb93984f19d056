package nocobase.procedures.security;

/** What a person is to this engine; each role is a Camunda group of the same name. */
public enum Role {
    /** Starts procedures and works on their tasks. */
    OPS("ops"),
    /** Watches everything, approves, assigns tasks. Does not start procedures. */
    MANAGERS("managers"),
    /** Keeps the accounts, and in an emergency retries or deletes what is stuck. Approves nothing. */
    ADMINS("admins");

    private final String group;

    Role(String group) {
        this.group = group;
    }

    /** Id of the Camunda group. */
    public String group() {
        return group;
    }
}
