package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretsTest {

    @Test
    void masksSecretValuesOfTheEnvironmentAndPasswordsInAddresses() {
        Secrets secrets = Secrets.of(Map.of(
                "APP_KEY", "key-12345",
                "DB_PASSWORD", "key-12345-longer",
                "DB_HOST", "db.example.org",
                "REDIS_URL", "redis://:hidden-one@redis:6379/0",
                "S3_SECRET_ACCESS", "yes"));
        assertThat(secrets.mask("connect to db.example.org with key-12345-longer, yes; key-12345; hidden-one;"
                        + " postgres://user:other-password@db/x"))
                .isEqualTo("connect to db.example.org with ***, yes; ***; ***; postgres://user:***@db/x");
    }

    @Test
    void leavesATextWithoutSecretsAlone() {
        assertThat(Secrets.of(Map.of()).mask("12:30:01 GET http://app-1:13000/api $1 \\"))
                .isEqualTo("12:30:01 GET http://app-1:13000/api $1 \\");
    }
}
