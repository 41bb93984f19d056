package nocobase.procedures.backup;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nocobase.procedures.language.Messages;

/**
 * What a database has besides its content, and what {@code CREATE DATABASE … TEMPLATE} (or a dump) does not bring along:
 * owner, privileges, settings, connection limit, comment.
 *
 * @param provider locale provider: {@code c} libc, {@code i} ICU, {@code b} built in; null before PostgreSQL 15
 * @param grants null where nobody ever granted or revoked anything, which is not the same as an empty list
 */
record DatabaseTraits(
        String owner,
        String encoding,
        String collate,
        String ctype,
        String provider,
        String locale,
        String icuRules,
        String tablespace,
        int connectionLimit,
        boolean template,
        boolean connectable,
        String comment,
        List<Grant> grants,
        List<Setting> settings) {

    private static final Messages MESSAGES = Messages.of("backup");

    /** A privilege on the database; grantee null is everybody (PUBLIC). */
    record Grant(String grantee, String privilege, boolean grantable) {}

    /** A setting of the database, or of one role in it; role null is every role. */
    record Setting(String role, String name, String value) {}

    /**
     * The same without what a clone gets only at the moment of its use: with a tight connection limit it could not even
     * be dumped.
     */
    DatabaseTraits whileAside() {
        return new DatabaseTraits(
                owner,
                encoding,
                collate,
                ctype,
                provider,
                locale,
                icuRules,
                tablespace,
                -1,
                false,
                true,
                comment,
                grants,
                settings);
    }

    /** What another database has not of owner, privileges, settings and comment, in words. */
    List<String> lackedBy(DatabaseTraits other) {
        List<String> lacks = new ArrayList<>();
        if (!owner.equals(other.owner)) {
            lacks.add(MESSAGES.text("traits.owner", owner, other.owner));
        }
        List<Grant> given = other.grants == null ? List.of() : other.grants;
        Stream.ofNullable(grants)
                .flatMap(List::stream)
                .filter(grant -> !given.contains(grant))
                .forEach(grant -> lacks.add(MESSAGES.text(
                        "traits.privilege", grant.privilege(), grant.grantee() == null ? "PUBLIC" : grant.grantee())));
        settings.stream()
                .filter(setting -> !other.settings.contains(setting))
                .forEach(setting -> lacks.add(MESSAGES.text(
                        setting.role() == null ? "traits.setting" : "traits.settingOfRole",
                        setting.name(),
                        setting.role())));
        if (comment != null && !comment.equals(other.comment)) {
            lacks.add(MESSAGES.text("traits.comment"));
        }
        return lacks;
    }

    /** The same for another owner; what only the former one was granted goes with it. */
    DatabaseTraits ownedBy(String role) {
        return new DatabaseTraits(
                role,
                encoding,
                collate,
                ctype,
                provider,
                locale,
                icuRules,
                tablespace,
                connectionLimit,
                template,
                connectable,
                comment,
                owner.equals(role) ? grants : null,
                settings);
    }

    /** Those of a new database beside this one: same owner and locale, nothing else. */
    DatabaseTraits ofAnother() {
        return new DatabaseTraits(
                owner,
                encoding,
                collate,
                ctype,
                provider,
                locale,
                icuRules,
                tablespace,
                -1,
                false,
                true,
                null,
                null,
                List.of());
    }
}
