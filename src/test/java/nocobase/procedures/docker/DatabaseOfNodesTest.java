package nocobase.procedures.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Check.Result;
import nocobase.procedures.cluster.DatabaseSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An engine that looks into another database than the nodes' would clone, compare and restore the wrong one. */
class DatabaseOfNodesTest {

    @Test
    void passes_where_the_nodes_have_what_is_configured() {
        Check check = check(
                node("app-1", "DB_DATABASE=crm", "DB_SCHEMA=sales", "DB_TABLE_PREFIX=nb_", "DB_UNDERSCORED=true"));
        assertThat(check.result()).as(check.toString()).isEqualTo(Result.PASS);
    }

    @ParameterizedTest
    @CsvSource({
        "DB_DATABASE=other, DB_DATABASE, other",
        "DB_SCHEMA=public, DB_SCHEMA, public",
        "DB_TABLE_PREFIX=, DB_TABLE_PREFIX, nb_",
        "DB_UNDERSCORED=false, DB_UNDERSCORED, true",
        "DB_DIALECT=mysql, DB_DIALECT, PostgreSQL",
    })
    void names_the_node_and_what_differs(String variable, String key, String told) {
        Check check = check(
                node("app-1", "DB_DATABASE=crm", "DB_SCHEMA=sales", "DB_TABLE_PREFIX=nb_", "DB_UNDERSCORED=true"),
                node(
                        "app-2",
                        "DB_DATABASE=crm",
                        "DB_SCHEMA=sales",
                        "DB_TABLE_PREFIX=nb_",
                        "DB_UNDERSCORED=true",
                        variable));
        assertThat(check.result()).isEqualTo(Result.FAIL);
        assertThat(check.finding()).contains("app-2", key);
        assertThat(check.toString()).contains(told);
        assertThat(check.remedy()).isNotBlank();
    }

    @Test
    void a_database_named_in_a_file_is_to_be_confirmed() {
        Check check = check(node("app-1", "DB_SCHEMA=sales", "DB_TABLE_PREFIX=nb_", "DB_UNDERSCORED=true"));
        assertThat(check.result()).isEqualTo(Result.WARN);
        assertThat(check.remedy()).contains("crm");
    }

    private static Check check(NodeContainer... nodes) {
        DatabaseSettings settings = new DatabaseSettings(
                "db", 5432, "crm", "crm", "secret", null, null, "sales", "nb_", true, null, null, null, null, null);
        return new DatabaseOfNodes(settings).check(List.of(nodes));
    }

    private static NodeContainer node(String name, String... environment) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("Name", "/" + name);
        ArrayNode variables = json.putObject("Config").putArray("Env");
        List.of(environment).forEach(variables::add);
        return new NodeContainer(json);
    }
}
