package nocobase.procedures.security;

import java.util.List;
import java.util.stream.Collectors;
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
            announce(announced);
        }
    }

    private List<String> startable() {
        return repository.createProcessDefinitionQuery().latestVersion().startableInTasklist().list().stream()
                .map(ProcessDefinition::getKey)
                .toList();
    }

    /** Printed, not logged: a password that is shown once belongs on the console and not in the log's archive. */
    private void announce(List<Account> accounts) {
        String origin = "http://localhost:" + environment.getProperty("local.server.port", "8080");
        String rows = accounts.stream()
                .map(account -> "    %-12s password %-22s %s"
                        .formatted(
                                account.id(),
                                account.password(),
                                account.roles().stream().map(Role::group).collect(Collectors.joining(", "))))
                .collect(Collectors.joining("\n"));
        boolean demo = accounts.stream().anyMatch(account -> account.origin() == Account.Origin.DEMO);
        System.out.printf(
                """

                -----------------------------------------------------------------------------
                  NocoBase cluster procedures
                  Tasklist  %1$s/camunda/app/tasklist/default/
                  Cockpit   %1$s/camunda/app/cockpit/default/
                  %2$s
                %3$s
                -----------------------------------------------------------------------------

                """,
                origin,
                demo
                        ? "Accounts for trying it out (only here, on the loopback address):"
                        : "First administrator (shown once; make the other accounts in %s/camunda/app/admin/default/):"
                                .formatted(origin),
                rows);
    }
}
