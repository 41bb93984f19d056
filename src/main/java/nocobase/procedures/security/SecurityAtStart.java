package nocobase.procedures.security;

import java.util.List;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Makes groups, accounts, filters and grants what they should be, at every start, after the processes are deployed (hence
 * last in order). Until it has run nobody new gets in, and nobody else is let in: the setup page is closed always.
 */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class SecurityAtStart implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(SecurityAtStart.class);
    private static final int ATTEMPTS = 3;

    private final Accounts accounts;
    private final TaskFilters filters;
    private final Grants grants;
    private final RepositoryService repository;
    private final Environment environment;

    SecurityAtStart(
            Accounts accounts,
            TaskFilters filters,
            Grants grants,
            RepositoryService repository,
            Environment environment) {
        this.accounts = accounts;
        this.filters = filters;
        this.grants = grants;
        this.repository = repository;
        this.environment = environment;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        for (int attempt = 1; ; attempt++) {
            try {
                reconcile();
                return;
            } catch (ProcessEngineException e) {
                // Another engine instance that starts at the same moment makes the same rows; what it made is found
                // next time.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.info("Trying again to make accounts and grants: {}", e.getMessage());
            }
        }
    }

    private void reconcile() {
        List<Account> announced = accounts.reconcile();
        grants.reconcile(startable(), filters.reconcile());
        if (!announced.isEmpty()) {
            new StartBanner(environment).print(announced);
        }
    }

    private List<String> startable() {
        return repository.createProcessDefinitionQuery().latestVersion().startableInTasklist().list().stream()
                .map(ProcessDefinition::getKey)
                .toList();
    }
}
