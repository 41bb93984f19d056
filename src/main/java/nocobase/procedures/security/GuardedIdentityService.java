package nocobase.procedures.security;

import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.identity.User;
import org.camunda.bpm.engine.impl.IdentityServiceImpl;
import org.camunda.bpm.engine.impl.persistence.entity.UserEntity;

/** The identity service as people get it: a password that the rules refuse is bad input, and is told what is wanted. */
class GuardedIdentityService extends IdentityServiceImpl {

    private static final Messages MESSAGES = Messages.of("security");

    @Override
    public void saveUser(User user) {
        saveUser(user, false);
    }

    @Override
    public void saveUser(User user, boolean anyPassword) {
        commandExecutor.execute(engine -> {
            if (!anyPassword && !fits((UserEntity) user)) {
                throw Refusal.badInput(MESSAGES.text("password.refused", PasswordRules.SHORTEST));
            }
            super.saveUser(user, anyPassword);
            return null;
        });
    }

    private static boolean fits(UserEntity user) {
        return !user.hasNewPassword() || user.checkPasswordAgainstPolicy();
    }
}
