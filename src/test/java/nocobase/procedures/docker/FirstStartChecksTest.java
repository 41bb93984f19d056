package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is looked at before a first start, made to fail. The proof of the storage has a test on a real engine. */
class FirstStartChecksTest {

    private static final String GOOD = "5f2c7a9d1e8b4036a5f2c7a9d1e8b403";

    @Test
    void passes_stopped_nodes_with_a_key_of_their_own() {
        assertThat(check("APP_KEY", node("app-1", GOOD, false)).result()).isEqualTo(Result.PASS);
        assertThat(check("No node is running", node("app-1", GOOD, false)).result())
                .isEqualTo(Result.PASS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"your-secret-key", "Your-Secret-Key", "test-key", " please-change-me ", "secret"})
    void a_sample_value_is_refused_and_not_told(String sample) {
        Check check = check("APP_KEY", node("app-1", GOOD, false), node("app-2", sample, false));
        assertThat(check.result()).isEqualTo(Result.FAIL);
        assertThat(check.finding()).contains("app-2", "sample").doesNotContain(sample.strip() + "\"");
        assertThat(check.remedy()).contains("openssl rand");
    }

    @Test
    void a_short_key_is_warned_of() {
        Check check = check("APP_KEY", node("app-1", "k7Q-x", false));
        assertThat(check.result()).isEqualTo(Result.WARN);
        assertThat(check.toString()).doesNotContain("k7Q-x");
    }

    @Test
    void running_nodes_are_named() {
        Check check = check("No node is running", node("app-1", GOOD, false), node("app-2", GOOD, true));
        assertThat(check.result()).isEqualTo(Result.WARN);
        assertThat(check.finding()).contains("app-2").doesNotContain("app-1");
        assertThat(check.remedy()).contains("stopped before the first one is started");
    }

    @Test
    void without_a_storage_that_may_be_written_there_is_no_proof_to_make() {
        assertThat(new FirstStartChecks(List.of(node("app-1", GOOD, false))).run())
                .extracting(Check::name)
                .containsExactly("APP_KEY", "No node is running");
    }

    private static Check check(String name, NodeContainer... nodes) {
        return new FirstStartChecks(List.of(nodes))
                .run().stream()
                        .filter(check -> check.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    private static NodeContainer node(String name, String appKey, boolean running) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("Id", "id-" + name).put("Name", "/" + name);
        json.putObject("State").put("Running", running);
        json.putObject("Config").putArray("Env").add("APP_KEY=" + appKey);
        json.putArray("Mounts");
        return new NodeContainer(json);
    }
}
