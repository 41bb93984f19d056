package nocobase.procedures.security;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.camunda.bpm.engine.identity.PasswordPolicy;
import org.camunda.bpm.engine.identity.PasswordPolicyRule;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.impl.identity.PasswordPolicyLengthRuleImpl;
import org.camunda.bpm.engine.impl.identity.PasswordPolicyUserDataRuleImpl;

/**
 * What the password of every account must be, however it comes: from the configuration, Camunda Admin or REST. Admin shows
 * the rules in its own words, by their placeholders.
 */
final class PasswordRules implements PasswordPolicy {

    static final int SHORTEST = 12;

    private final List<PasswordPolicyRule> rules =
            List.of(new PasswordPolicyLengthRuleImpl(SHORTEST), new NotTheName());

    @Override
    public List<PasswordPolicyRule> getRules() {
        return rules;
    }

    /** Camunda's own rule refuses every password with an "a" to somebody whose name is "A". */
    static final class NotTheName extends PasswordPolicyUserDataRuleImpl {

        private static final int SHORTEST_NAME = 4;

        @Override
        public boolean execute(String password, User user) {
            return user == null || !contains(password, user.getId(), user.getFirstName(), user.getLastName());
        }

        static boolean contains(String password, String... names) {
            String lower = password.toLowerCase(Locale.ROOT);
            return Stream.of(names)
                    .filter(name -> name != null && name.strip().length() >= SHORTEST_NAME)
                    .anyMatch(name -> lower.contains(name.strip().toLowerCase(Locale.ROOT)));
        }
    }
}
