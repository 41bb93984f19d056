package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.camunda.bpm.engine.IdentityService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** One rule for every password, by whatever door it comes. */
class PasswordRulesTest extends SecuredEngine {

    @Autowired
    IdentityService identity;

    @AfterEach
    void gone() {
        identity.deleteUser("newcomer");
    }

    @Test
    void aNewAccount() {
        assertThat(created("elevenchars")).isEqualTo(400);
        assertThat(as("admin").refused(400, "POST", "/engine-rest/user/create", body("elevenchars")))
                .isEqualTo("The password needs at least 12 characters and must not contain the account's id or name.");
        assertThat(created("the-Newcomer-of-today")).isEqualTo(400);
        assertThat(created("Long-Adalbert-password")).as("the first name").isEqualTo(400);
        assertThat(identity.createUserQuery().userId("newcomer").count()).isZero();
        assertThat(created("twelve-chars")).isEqualTo(204);
    }

    @Test
    void aChangedPassword() {
        created("twelve-chars");
        String door = "/engine-rest/user/newcomer/credentials";

        assertThat(as("admin")
                        .status("PUT", door, "{\"password\":\"newcomer\",\"authenticatedUserPassword\":\"admin\"}"))
                .isEqualTo(400);
        assertThat(as("admin")
                        .status(
                                "PUT",
                                door,
                                "{\"password\":\"another-password\",\"authenticatedUserPassword\":\"admin\"}"))
                .isEqualTo(204);
    }

    /** Admin's page asks for them and shows each with a mark. */
    @Test
    void camundaAdminShowsTheRules() {
        Browser browser = new Browser(port);
        browser.login("admin", "admin", "admin");

        assertThat(browser.get("/camunda/api/engine/engine/default/identity/password-policy")
                        .body())
                .contains("PASSWORD_POLICY_LENGTH", "\"12\"", "PASSWORD_POLICY_USER_DATA");
    }

    @Test
    void aNameOfThreeLettersIsInManyPasswords() {
        assertThat(PasswordRules.NotTheName.contains("a-grand-password", "Ada", "ran", null))
                .isFalse();
    }

    private int created(String password) {
        return as("admin").status("POST", "/engine-rest/user/create", body(password));
    }

    private static String body(String password) {
        return ("{\"profile\":{\"id\":\"newcomer\",\"firstName\":\"Adalbert\"},\"credentials\":{\"password\":\""
                + password + "\"}}");
    }
}
