package nocobase.procedures.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import nocobase.procedures.audit.Inventory.When;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** What clusters consisted of before and after each procedure. */
@Component
public class Inventories {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JdbcTemplate jdbc;
    private final TransactionTemplate ownTransaction;

    Inventories(JdbcTemplate jdbc, PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        // The caller's transaction may have been committed just now and would not commit again.
        this.ownTransaction = new TransactionTemplate(transactions);
        this.ownTransaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /** The last one counts: preconditions are checked again right before the work. */
    public void record(String operation, When when, Inventory inventory) {
        try {
            String content = JSON.writeValueAsString(inventory);
            ownTransaction.executeWithoutResult(status -> jdbc.update(
                    "insert into inventory (operation, taken, content) values (?, ?, ?)"
                            + " on conflict (operation, taken) do update set content = excluded.content",
                    operation,
                    when.name(),
                    content));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    public Optional<Inventory> of(String operation, When when) {
        return jdbc
                .queryForList(
                        "select content from inventory where operation = ? and taken = ?",
                        String.class,
                        operation,
                        when.name())
                .stream()
                .findFirst()
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
