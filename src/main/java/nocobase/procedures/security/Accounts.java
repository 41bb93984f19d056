package nocobase.procedures.security;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.authorization.Groups;
import org.camunda.bpm.engine.identity.Group;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.impl.IdentityServiceImpl;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Makes the groups and accounts what the configuration says. Accounts that people made in Camunda Admin are left alone. */
@Component
class Accounts {

    private static final Messages MESSAGES = Messages.of("security");
    private static final Logger LOG = LoggerFactory.getLogger(Accounts.class);
    private static final String ORIGIN = "procedures.origin";
    private static final String SUBJECT = "procedures.subject";
    private static final String ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    private static final int GENERATED_LENGTH = 20;

    private final IdentityService identity;
    private final SecuritySettings settings;
    private final DemoAccounts demo;
    private final SecureRandom random = new SecureRandom();

    Accounts(IdentityService identity, SecuritySettings settings, DemoAccounts demo) {
        this.identity = identity;
        this.settings = settings;
        this.demo = demo;
    }

    /** @return the accounts that are to be announced with their passwords: demo accounts, or a generated administrator */
    List<Account> reconcile() {
        for (Role role : Role.values()) {
            ensureGroup(role.group(), "role." + role.group(), "WORKFLOW");
        }
        ensureGroup(Groups.CAMUNDA_ADMIN, "role.engineAdministrators", Groups.GROUP_TYPE_SYSTEM);
        List<Account> wanted = configured();
        List<Account> announced = new ArrayList<>();
        if (demo.wanted()) {
            wanted.addAll(demo.accounts());
            announced.addAll(demo.accounts());
        } else if (!demo.realClusters().isEmpty()) {
            LOG.info("No demo accounts: not every cluster is a rehearsal ({})", demo.realClusters());
        }
        removeAllBut(wanted);
        if (wanted.stream().noneMatch(account -> account.roles().contains(Role.ADMINS)) && !administratorExists()) {
            Account generated = firstAdministrator(generatedPassword());
            wanted.add(generated);
            announced.add(generated);
        }
        wanted.forEach(this::ensure);
        return announced;
    }

    /**
     * Somebody whom the identity provider knows. The account gets what the provider says of him now, and a password that
     * nobody knows.
     *
     * @param subject what names him there for ever; the user id may be given to somebody else one day
     * @throws IllegalArgumentException if the account of that name is somebody else's
     */
    synchronized void admit(Account account, String subject) {
        boolean there = identity.createUserQuery().userId(account.id()).count() > 0;
        if (there && !subject.equals(identity.getUserInfo(account.id(), SUBJECT))) {
            throw new IllegalArgumentException(MESSAGES.text("provider.foreignAccount", account.id()));
        }
        ensure(there ? account : account.withPassword(generatedPassword() + generatedPassword()));
        identity.setUserInfo(account.id(), SUBJECT, subject);
    }

    /** Whether this account came through the identity provider and is still there. */
    static boolean isAdmitted(IdentityService identity, String user) {
        return identity.createUserQuery().userId(user).count() > 0 && identity.getUserInfo(user, SUBJECT) != null;
    }

    private List<Account> configured() {
        List<Account> accounts = new ArrayList<>();
        settings.users()
                .forEach((id, user) -> accounts.add(new Account(
                        id,
                        user.password(),
                        user.groups(),
                        user.firstName() == null ? id : user.firstName(),
                        user.lastName(),
                        user.email(),
                        Account.Origin.CONFIGURATION)));
        if (settings.adminPassword() != null) {
            accounts.add(firstAdministrator(settings.adminPassword()));
        }
        return accounts;
    }

    private Account firstAdministrator(String password) {
        return new Account(
                settings.adminUser(),
                password,
                Set.of(Role.ADMINS),
                MESSAGES.text("role.administrator"),
                null,
                null,
                Account.Origin.FIRST_ADMINISTRATOR);
    }

    private boolean administratorExists() {
        return identity.createUserQuery().memberOfGroup(Role.ADMINS.group()).count() > 0;
    }

    /** A group is called in the installation's language, unless an administrator has called it otherwise. */
    private void ensureGroup(String id, String key, String type) {
        String name = MESSAGES.text(key);
        Group group = identity.createGroupQuery().groupId(id).singleResult();
        if (group == null) {
            LOG.info("Creating group {}", id);
            group = identity.newGroup(id);
        } else if (name.equals(group.getName()) || !MESSAGES.everyText(key).contains(group.getName())) {
            return;
        }
        group.setName(name);
        group.setType(type);
        identity.saveGroup(group);
    }

    /** A demo account must not outlive the demo, nor a configured one its configuration. */
    private void removeAllBut(List<Account> wanted) {
        Map<String, Account> byId = wanted.stream().collect(Collectors.toMap(Account::id, Function.identity()));
        for (User user : identity.createUserQuery().unlimitedList()) {
            String origin = identity.getUserInfo(user.getId(), ORIGIN);
            boolean ours = Account.Origin.DEMO.name().equals(origin)
                    || Account.Origin.CONFIGURATION.name().equals(origin)
                    || (Account.Origin.OIDC.name().equals(origin) && settings.oidc() == null);
            if (ours && !byId.containsKey(user.getId())) {
                LOG.info("Removing user {}: its reason ({}) is gone", user.getId(), origin);
                identity.deleteUser(user.getId());
            }
        }
    }

    private void ensure(Account account) {
        User user = identity.createUserQuery().userId(account.id()).singleResult();
        if (user == null) {
            LOG.info("Creating user {} in {}", account.id(), account.roles());
            user = identity.newUser(account.id());
        }
        // Tasklist and Cockpit would write "null" where there is no name.
        user.setFirstName(account.firstName() == null ? account.id() : account.firstName());
        user.setLastName(account.lastName() == null ? "" : account.lastName());
        if (account.email() != null) {
            user.setEmail(account.email());
        }
        if (account.password() != null) {
            user.setPassword(account.password());
        }
        save(user, account);
        identity.unlockUser(account.id());
        identity.setUserInfo(account.id(), ORIGIN, account.origin().name());
        for (Role role : Role.values()) {
            ensureMembership(account.id(), role.group(), account.roles().contains(role));
        }
        // Camunda's web applications offer to make an administrator to anybody while this group is empty.
        ensureMembership(account.id(), Groups.CAMUNDA_ADMIN, account.roles().contains(Role.ADMINS));
    }

    /** Only what is shown to everybody at start is not held to the rule for passwords. */
    private void save(User user, Account account) {
        if (account.origin() == Account.Origin.DEMO) {
            ((IdentityServiceImpl) identity).saveUser(user, true);
        } else {
            identity.saveUser(user);
        }
    }

    private void ensureMembership(String user, String group, boolean wanted) {
        boolean present =
                identity.createUserQuery().userId(user).memberOfGroup(group).count() > 0;
        if (wanted && !present) {
            identity.createMembership(user, group);
        } else if (!wanted && present) {
            LOG.info("Taking user {} out of group {}", user, group);
            identity.deleteMembership(user, group);
        }
    }

    private String generatedPassword() {
        return random.ints(GENERATED_LENGTH, 0, ALPHABET.length())
                .mapToObj(ALPHABET::charAt)
                .map(Objects::toString)
                .collect(Collectors.joining());
    }
}
