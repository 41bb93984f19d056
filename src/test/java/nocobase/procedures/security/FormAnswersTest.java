package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.Resources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What people send is checked against the form that asked, whatever client they use. */
class FormAnswersTest extends SecuredEngine {

    @Autowired
    AuthorizationService authorizations;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            "decision":"works","looked":true,"internal":"x"                 | This form has no field "internal". Its fields: cluster, decision, trouble, users, looked, without.
            "decision":"works","looked":true,"notBy":"x"                    | This form has no field "notBy". Its fields: cluster, decision, trouble, users, looked, without.
            "looked":true                                                   | "Decision": an answer is required.
            "decision":"","looked":true                                     | "Decision": an answer is required.
            "decision":"maybe","looked":true                                | "Decision": choose one of these: works, trouble.
            "decision":7,"looked":true                                      | "Decision": choose one of these: works, trouble. "What is wrong": an answer is required.
            "decision":"works"                                              | "I looked": an answer is required.
            "decision":"works","looked":false                               | "I looked": tick this box.
            "decision":"works","looked":"yes"                               | "I looked": send true or false.
            "decision":"works","looked":true,"users":0                      | "Users seen": enter at least 1.
            "decision":"works","looked":true,"users":11                     | "Users seen": enter at most 10.
            "decision":"works","looked":true,"users":1.5                    | "Users seen": use at most 0 decimal places.
            "decision":"works","looked":true,"users":"5"                    | "Users seen": enter a number.
            "decision":"works","looked":true,"trouble":"none"               | "What is wrong": leave this empty; it isn't asked with your other answers.
            "decision":"trouble","looked":true                              | "What is wrong": an answer is required.
            "decision":"trouble","looked":true,"trouble":"   "              | "What is wrong": an answer is required.
            "decision":"trouble","looked":true,"trouble":"a b c d e f g h i j k" | "What is wrong": use at most 20 characters; this has 21.
            "decision":"works","looked":true,"without":["app-3"]            | "Without": choose one of these: app-1, app-2.
            "decision":"works","looked":true,"without":"app-1"              | "Without": send a list.
            "decision":"maybe"                                              | "Decision": choose one of these: works, trouble. "I looked": an answer is required.
            """)
    void refusesAndChangesNothing(String answers, String text) {
        String task = claimedJudge();
        String before = tasks.getVariables(task).toString();

        assertThat(as("olga").refused(400, "POST", "/engine-rest/task/" + task + "/submit-form", variables(answers)))
                .isEqualTo(text);
        assertThat(as("olga").refused(400, "POST", "/engine-rest/task/" + task + "/complete", variables(answers)))
                .isEqualTo(text);

        assertThat(tasks.getVariables(task)).hasToString(before);
        assertThat(tasks.createTaskQuery().taskId(task).singleResult().getAssignee())
                .isEqualTo("olga");
    }

    @Test
    void storesTheAnswersAndNothingElse() {
        String task = claimedJudge();
        String instance = instanceOf(task);
        String answers =
                "\"decision\":\"trouble\",\"looked\":true,\"trouble\":\"slow\",\"users\":3,\"without\":[\"app-2\"],\"cluster\":\"forged\"";

        assertThat(as("olga").status("POST", "/engine-rest/task/" + task + "/submit-form", variables(answers)))
                .isEqualTo(204);

        Map<String, Object> stored = runtime.getVariables(instance);
        assertThat(stored)
                .containsEntry("decision", "trouble")
                .containsEntry("trouble", "slow")
                .containsEntry("users", 3);
        assertThat(stored.get("without")).hasToString("[\"app-2\"]");
        assertThat(stored).as("read-only fields are shown, not answered").containsEntry("cluster", "prod");
        assertThat(stored).as("listeners may write").containsEntry("judgedBy", "olga");
        assertThat(stored).containsEntry("internal", "kept");
    }

    @Test
    void returnsVariablesWhenAskedTo() {
        String task = claimedJudge();

        var answer = as("olga")
                .call(
                        "POST",
                        "/engine-rest/task/" + task + "/complete",
                        "{\"withVariablesInReturn\":true,\"variables\":{\"decision\":{\"value\":\"works\"},\"looked\":{\"value\":true}}}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Caller.json(answer).path("decision").path("value").asText()).isEqualTo("works");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            {"type":"Object","value":"[]","valueInfo":{"objectTypeName":"java.util.ArrayList","serializationDataFormat":"application/json"}}
            {"type":"File","value":"eA==","valueInfo":{"filename":"x"}}
            {"type":"Bytes","value":"eA=="}
            {"type":"Json","value":"{"}
            {"type":"Date","value":"2026-11-23T03:00:00.000+0000"}
            """)
    void refusesValuesThatNoFormYields(String value) {
        String task = claimedJudge();

        String body = "{\"variables\":{\"decision\":%s,\"looked\":{\"value\":true}}}".formatted(value);

        assertThat(as("olga").status("POST", "/engine-rest/task/" + task + "/complete", body))
                .isEqualTo(400);
        assertThat(tasks.getVariables(task)).doesNotContainKey("decision");
    }

    @Test
    void aTaskWithoutFormTakesNoAnswers() {
        String task = approveTask("otto");
        as("maria").call("POST", "/engine-rest/task/" + task + "/claim", "{\"userId\":\"maria\"}");

        assertThat(as("maria")
                        .refused(400, "POST", "/engine-rest/task/" + task + "/complete", variables("\"internal\":1")))
                .isEqualTo("This form has no field \"internal\". It asks for nothing.");
        assertThat(as("maria").status("POST", "/engine-rest/task/" + task + "/complete", "{}"))
                .isEqualTo(204);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            "cluster":"nowhere","targetVersion":"2.2.16","reason":"security fix"        | "Cluster": choose one of these: prod, test.
            "cluster":"prod","targetVersion":"latest","reason":"security fix"           | "Target version": the format is wrong. Three numbers, for example 2.2.16
            "cluster":"prod","targetVersion":"2.2.16; rm -rf","reason":"security fix"   | "Target version": the format is wrong. Three numbers, for example 2.2.16
            "cluster":"prod","targetVersion":"2.2.16\\n","reason":"security fix"        | "Target version": remove control characters.
            "cluster":"prod","targetVersion":"2.2.16","reason":"fine\\u0007"             | "Reason": remove control characters.
            "cluster":"prod","targetVersion":"../2.2.16","reason":"security fix"        | "Target version": the format is wrong. Three numbers, for example 2.2.16
            "cluster":"prod","targetVersion":" ","reason":"security fix"                | "Target version": an answer is required.
            "cluster":"prod","targetVersion":"2.2.16"                                   | "Reason": an answer is required.
            "cluster":"prod","targetVersion":"2.2.16","reason":"     "                  | "Reason": an answer is required.
            "cluster":"prod","targetVersion":"2.2.16","reason":"x"                      | "Reason": use at least 3 characters.
            "cluster":"prod","targetVersion":"2.2.16","reason":"it's"                   | "Reason": the format is wrong.
            "cluster":"prod","targetVersion":"2.2.16","reason":"$(reboot)"              | "Reason": the format is wrong.
            "cluster":"prod","targetVersion":"2.2.16","reason":"why not","window":"now" | "Window": enter a date and time (ISO 8601, such as 2026-03-01T03:00:00Z).
            "cluster":"prod","targetVersion":"2.2.16","reason":"why not","starter":"me" | This form has no field "starter". Its fields: cluster, targetVersion, reason, window.
            """)
    void refusesABadStartAndLeavesNothingBehind(String answers, String text) {
        long before = runtime.createProcessInstanceQuery().count();

        assertThat(as("olga").refused(400, "POST", SUBMIT_FORM, variables(answers)))
                .isEqualTo(text);
        assertThat(as("olga")
                        .refused(
                                400,
                                "POST",
                                "/engine-rest/process-definition/key/guarded-procedure/start",
                                variables(answers)))
                .isEqualTo(text);

        assertThat(runtime.createProcessInstanceQuery().count()).isEqualTo(before);
    }

    @Test
    void acceptsAWindow() {
        assertThat(
                        as("olga")
                                .status(
                                        "POST",
                                        SUBMIT_FORM,
                                        variables(
                                                "\"cluster\":\"prod\",\"targetVersion\":\"2.2.16\",\"reason\":\"why not\",\"window\":\"2026-11-24T03:00Z\"")))
                .isEqualTo(200);
    }

    @Test
    void theBusinessKeyIsNotTheCallersToGive() {
        String body = START.strip().replaceFirst("\\{", "{\"businessKey\":\"mine\",");

        assertThat(as("olga").refused(400, "POST", SUBMIT_FORM, body))
                .isEqualTo("Leave the business key empty: the engine sets it.");
    }

    @Test
    void aClaimedClusterReadsAsConflictWithItsOwnText() {
        long before = runtime.createProcessInstanceQuery().count();

        assertThat(as("olga").refused(409, "POST", SUBMIT_FORM, START.replace("prod", "test")))
                .isEqualTo("The cluster \"test\" is held by olga since 03:12.");

        assertThat(runtime.createProcessInstanceQuery().count()).isEqualTo(before);
    }

    /** Somebody granted too much in the database; the last door holds until the next start takes the grant away. */
    @Test
    void whoGotTooManyRightsStillCannotWriteRoundTheForms() {
        String task = claimedJudge();
        String instance = "/engine-rest/process-instance/" + instanceOf(task);
        Authorization everything = authorizations.createNewAuthorization(Authorization.AUTH_TYPE_GRANT);
        everything.setUserId("olga");
        everything.setResource(Resources.PROCESS_INSTANCE);
        everything.setResourceId("*");
        everything.setPermissions(new Permissions[] {Permissions.ALL});
        authorizations.saveAuthorization(everything);
        try {
            String text = "\"olga\" can't set \"internal\": answers go through a procedure's forms.";
            assertThat(as("olga").refused(403, "PUT", instance + "/variables/internal", "{\"value\":\"x\"}"))
                    .isEqualTo(text);
            assertThat(as("olga")
                            .refused(
                                    403,
                                    "POST",
                                    instance + "/variables",
                                    "{\"modifications\":{\"internal\":{\"value\":\"x\"}}}"))
                    .isEqualTo(text);
            assertThat(
                            as("olga")
                                    .refused(
                                            403,
                                            "POST",
                                            instance + "/modification",
                                            "{\"instructions\":[{\"type\":\"startBeforeActivity\",\"activityId\":\"userTask_approve\",\"variables\":{\"internal\":{\"value\":\"x\"}}}]}"))
                    .isEqualTo(text);
            assertThat(tasks.getVariables(task)).containsEntry("internal", "kept");
        } finally {
            authorizations.deleteAuthorization(everything.getId());
        }
    }

    @ExtendWith(OutputCaptureExtension.class)
    static class Recorded extends SecuredEngine {

        @Test
        void aRefusalIsRecordedWithPersonActionAndReason(CapturedOutput output) {
            String task = judgeTask("olga");
            tasks.claim(task, "olga");

            as("olga")
                    .refused(
                            400,
                            "POST",
                            "/engine-rest/task/" + task + "/complete",
                            variables("\"internal\":\"canary-4711\""));

            assertThat(output.toString())
                    .contains("Refused: complete task " + task + " by olga: This form has no field \"internal\"")
                    .doesNotContain("canary-4711");
        }
    }

    private String claimedJudge() {
        String task = judgeTask("olga");
        tasks.claim(task, "olga");
        return task;
    }
}
