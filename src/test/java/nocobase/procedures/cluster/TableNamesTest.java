package nocobase.procedures.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableNamesTest {

    @Test
    void thePrefixIsTakenAsItIsAndTheNameIsSpelled() {
        TableNames names = new TableNames("Nb-Crm_", true);

        assertThat(names.table("applicationVersion")).isEqualTo("Nb-Crm_application_version");
        assertThat(names.table("uiSchemaTreePath")).isEqualTo("Nb-Crm_ui_schema_tree_path");
        assertThat(names.table("HTMLPages")).isEqualTo("Nb-Crm_html_pages");
        assertThat(names.column("packageName")).isEqualTo("package_name");
        assertThat(new TableNames("Nb-", false).table("applicationVersion")).isEqualTo("Nb-applicationVersion");
    }
}
