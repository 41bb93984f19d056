package nocobase.procedures.nocobase;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers as NocoBase 2.2.15 gave them. */
class HealthTest {

    private static String body(String code, String message) {
        return "{\"error\":{\"status\":503,\"maintaining\":true,\"message\":\"" + message
                + "\",\"command\":{\"name\":\"start\"},\"code\":\"" + code + "\"}}";
    }

    @Test
    void onlyOkIsReady() {
        assertThat(Health.of(200, "ok")).isEqualTo(new Health.Ready());
        assertThat(Health.of(200, "ok\n")).isEqualTo(new Health.Ready());
    }

    @Test
    void thePageThatAnswersAlwaysIsNotReady() {
        assertThat(Health.of(200, "<!DOCTYPE html><html></html>"))
                .isEqualTo(new Health.Unreachable("it answers with status 200, but not as NocoBase does"));
    }

    @Test
    void loadingPluginsIsBusyAndSaysHowFar() {
        String answer = """
                {"error":{"status":503,"maintaining":true,"message":"load plugin [users], 46/77","command":{"name":"start"},"code":"APP_COMMANDING"}}""";
        assertThat(Health.of(503, answer)).isEqualTo(new Health.Busy("load plugin [users], 46/77"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "APP_COMMANDING",
                "APP_PREPARING",
                "APP_INITIALIZING",
                "APP_INITIALIZED",
                "APP_STARTING",
                "APP_STOPPING",
                "COMMAND_END"
            })
    void whatPassesByItselfIsBusy(String code) {
        assertThat(Health.of(503, body(code, "soon"))).isEqualTo(new Health.Busy("soon"));
        assertThat(Health.of(503, body(code, ""))).isEqualTo(new Health.Busy(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"APP_ERROR", "COMMAND_ERROR", "ENOENT", "ERR_REQUIRE_ESM", "23505"})
    void anErrorAndAnyErrorsOwnCodeIsFinal(String code) {
        assertThat(Health.of(503, body(code, "Validation error")))
                .isEqualTo(new Health.Failed(code, "Validation error"));
    }

    @Test
    void aFailedMigrationsTextIsShownOnOneLineAndCut() {
        Health health = Health.of(503, body("APP_ERROR", "first\\nsecond " + "x".repeat(2000)));
        assertThat(health).isInstanceOfSatisfying(Health.Failed.class, failed -> {
            assertThat(failed.message()).startsWith("first second xxx").hasSize(Health.LONGEST + 1);
        });
    }

    @Test
    void stoppedByCommand() {
        assertThat(Health.of(503, body("APP_STOPPED", "application main is stopped")))
                .isEqualTo(new Health.Stopped("application main is stopped"));
    }

    @Test
    void notFoundComesOnceWhileBooting() {
        String answer = """
                {"error":{"status":404,"message":"application main not found","maintaining":true,"code":"APP_NOT_FOUND"}}""";
        assertThat(Health.of(404, answer)).isInstanceOf(Health.Busy.class);
        assertThat(Health.of(404, "<html>no such page</html>")).isInstanceOf(Health.Unreachable.class);
    }

    @ParameterizedTest
    @CsvSource({"502, Bad Gateway", "504, Gateway Time-out", "500, oops", "302, ''", "503, <html>", "503, {}", "503, []"
    })
    void whateverElseIsNotNocoBase(int status, String body) {
        assertThat(Health.of(status, body)).isInstanceOf(Health.Unreachable.class);
    }
}
