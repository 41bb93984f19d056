package nocobase.procedures.web;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.Evidence;
import nocobase.procedures.audit.EvidencePack;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** What ran in a procedure and in all that it called, for Cockpit's history tab: any instance of it leads to the whole. */
@RestController
class HistoryController {

    private final HistoryService history;
    private final Evidence evidence;
    private final Clock clock;

    HistoryController(HistoryService history, Evidence evidence, Clock clock) {
        this.history = history;
        this.evidence = evidence;
        this.clock = clock;
    }

    /** A pack and the engine's time, by which its clocks run. */
    record Answer(Instant now, Pack pack) {}

    /**
     * An evidence pack as a page reads it.
     *
     * @param downSince when the first downtime began that it had a part in; null if there was none
     * @param downtimeSeconds all of them; null if there was none or no end yet
     */
    record Pack(
            String operation,
            String procedure,
            Map<String, String> facts,
            Instant startedAt,
            Instant endedAt,
            String outcome,
            Instant downSince,
            Long downtimeSeconds,
            List<EvidencePack.Step> steps,
            List<EvidencePack.Decided> decisions,
            List<Said> remarks) {}

    /** What happened from outside, or what somebody did beside his forms. */
    record Said(Instant at, String text) {}

    @GetMapping("/api/procedures/{instance}")
    ResponseEntity<Answer> read(@PathVariable String instance) {
        HistoricProcessInstance found = history.createHistoricProcessInstanceQuery()
                .processInstanceId(instance)
                .singleResult();
        String operation = found == null ? null : found.getBusinessKey();
        return (operation == null ? java.util.Optional.<EvidencePack>empty() : evidence.read(operation))
                .map(pack -> ResponseEntity.ok()
                        .cacheControl(CacheControl.noStore())
                        .body(new Answer(clock.instant(), shown(pack))))
                .orElseGet(() -> ResponseEntity.notFound().build());
    }

    private static Pack shown(EvidencePack pack) {
        return new Pack(
                pack.operation(),
                pack.procedure(),
                pack.facts(),
                pack.startedAt(),
                pack.endedAt(),
                pack.outcome(),
                pack.downtimes().isEmpty() ? null : pack.downtimes().get(0).since(),
                pack.downtime() == null ? null : pack.downtime().toSeconds(),
                pack.steps(),
                pack.decisions(),
                pack.remarks().stream()
                        .map(remark -> new Said(remark.at(), remark.text()))
                        .toList());
    }
}
