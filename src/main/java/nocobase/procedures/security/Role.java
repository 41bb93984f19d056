package nocobase.procedures.security;

/** What a person is to this engine; each role is a Camunda group of the same name. */
public enum Role {
    /** Starts procedures and works on their tasks. */
    OPS("ops", "Operations"),
    /** Watches everything, approves, assigns tasks. Does not start procedures. */
    MANAGERS("managers", "Managers"),
    /** Keeps the accounts, and in an emergency retries or deletes what is stuck. Approves nothing. */
    ADMINS("admins", "Administrators");

    private final String group;
    private final String label;

    Role(String group, String label) {
        this.group = group;
        this.label = label;
    }

    /** Id of the Camunda group. */
    public String group() {
        return group;
    }

    String label() {
        return label;
    }
}
