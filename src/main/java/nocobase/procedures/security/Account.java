package nocobase.procedures.security;

import java.util.Set;

/**
 * An account that must exist.
 *
 * @param password to set, or null to leave it as it is
 * @param origin why it exists; an account whose reason is gone is removed
 */
record Account(
        String id, String password, Set<Role> roles, String firstName, String lastName, String email, Origin origin) {

    /** Why an account exists. */
    enum Origin {
        /** Shown at start with its password. */
        DEMO,
        /** Listed in {@code procedures.security.users}. */
        CONFIGURATION,
        /** The first administrator; stays when its password is taken out of the environment. */
        FIRST_ADMINISTRATOR,
        /** Came in through the identity provider. */
        OIDC
    }

    Account withPassword(String other) {
        return new Account(id, other, roles, firstName, lastName, email, origin);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return id + " " + roles;
    }
}
