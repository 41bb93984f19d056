package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import org.junit.jupiter.api.Test;

/** What is told without a proof; {@code RuntimeChecksIT} and {@code SeveralHostsIT} have the proofs. */
class SharedStorageTest {

    @Test
    void isOneVolumeOfOneDockerEngine() {
        Check check = seen(node("app-1", "storage", true), node("app-2", "storage", true));
        assertThat(check.result()).isEqualTo(Result.PASS);
        assertThat(check.finding()).contains("storage at /app/nocobase/storage");
    }

    @Test
    void mustBeThereAndWritable() {
        refused(node("app-2", null, true), "nothing mounted", "Mount the same volume");
        refused(node("app-2", "storage", false), "mounted read-only", "Mount it writable");
    }

    private static void refused(NodeContainer second, String finding, String remedy) {
        Check check = seen(node("app-1", "storage", true), second);
        assertThat(check.result()).isEqualTo(Result.FAIL);
        assertThat(check.finding()).contains("app-2", finding);
        assertThat(check.remedy()).contains(remedy);
    }

    private static Check seen(NodeContainer... nodes) {
        return new SharedStorage(List.of(nodes), null).seen(1);
    }

    private static NodeContainer node(String name, String volume, boolean writable) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("Id", "id-" + name).put("Name", "/" + name);
        if (volume != null) {
            json.putArray("Mounts")
                    .addObject()
                    .put("Type", "volume")
                    .put("Name", volume)
                    .put("Destination", "/app/nocobase/storage")
                    .put("RW", writable);
        }
        return new NodeContainer(json);
    }
}
