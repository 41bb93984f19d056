package nocobase.procedures.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import nocobase.procedures.audit.Inventory.When;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** What clusters consisted of before and after each procedure. */
@Component
public class Inventories {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JdbcClient jdbc;
    private final TransactionTemplate ownTransaction;

    Inventories(JdbcClient jdbc, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        // The caller's transaction may have been committed just now and would not commit again.
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /** The last one counts: preconditions are checked again right before the work. */
    public void record(String operation, When when, Inventory inventory) {
        try {
            String content = JSON.writeValueAsString(inventory);
            ownTransaction.executeWithoutResult(
                    status -> jdbc.sql("insert into inventory (operation, taken, content) values (?, ?, ?)"
                                    + " on conflict (operation, taken) do update set content = excluded.content")
                            .params(operation, when.name(), content)
                            .update());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    public Optional<Inventory> of(String operation, When when) {
        return jdbc.sql("select content from inventory where operation = ? and taken = ?")
                .params(operation, when.name())
                .query(String.class)
                .optional()
                .map(Inventories::read);
    }

    private static Inventory read(String content) {
        try {
            return JSON.readValue(content, Inventory.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
