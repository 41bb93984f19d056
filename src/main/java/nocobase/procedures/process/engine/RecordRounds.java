package nocobase.procedures.process.engine;

import java.time.Duration;
import nocobase.procedures.audit.KeptRecords;
import nocobase.procedures.concurrent.Rounds;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.repository.ProcessDefinition;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Lets nothing grow for ever: records go when their retention is over, and the engine learns how long its history is kept. */
@Component
class RecordRounds extends Rounds {

    private static final Duration PACE = Duration.ofHours(1);

    private final KeptRecords records;
    private final RepositoryService repository;
    private final JdbcTemplate jdbc;

    RecordRounds(
            KeptRecords records,
            RepositoryService repository,
            JdbcTemplate jdbc,
            @Value("${procedures.watcher.enabled:true}") boolean enabled) {
        super("expired records", PACE, enabled);
        this.records = records;
        this.repository = repository;
        this.jdbc = jdbc;
    }

    @Override
    public void start() {
        timeToLive();
        super.start();
    }

    /** Holds for each instance from its end on; what ended before keeps the time that it was given then. */
    private void timeToLive() {
        for (ProcessDefinition definition :
                repository.createProcessDefinitionQuery().list()) {
            if (!Integer.valueOf(records.detailsDays()).equals(definition.getHistoryTimeToLive())) {
                repository.updateProcessDefinitionHistoryTimeToLive(definition.getId(), records.detailsDays());
            }
        }
    }

    @Override
    protected void goRound() {
        records.removeExpired();
        jdbc.update("delete from reminded_task where task not in (select id_ from act_ru_task)");
    }
}
