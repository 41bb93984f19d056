package nocobase.procedures.process.step;

import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.audit.Inventories;
import nocobase.procedures.audit.Inventory;
import nocobase.procedures.audit.Remark;
import nocobase.procedures.audit.Remarks;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.SubApplicationsSeen;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Step;
import org.springframework.stereotype.Component;

/**
 * Asks the sub-applications that had been started before the procedure touched anything, and writes down which ones answer:
 * the tasks that follow show it. It never fails a step: whether one is missed is for a person to judge.
 */
@Component
class SubApplicationQuestion {

    private static final Messages MESSAGES = Messages.of("process");

    private final Inventories inventories;
    private final Remarks remarks;
    private final Clock clock;

    SubApplicationQuestion(Inventories inventories, Remarks remarks, Clock clock) {
        this.inventories = inventories;
        this.remarks = remarks;
        this.clock = clock;
    }

    /** @param node is ready with the version */
    Progress<Void> ask(Step step, Node node, Version version) {
        String operation = step.operation().value();
        Set<String> before = inventories
                .of(operation, Inventory.When.BEFORE)
                .map(inventory -> inventory.subApplications().keySet())
                .orElse(Set.of());
        return step.cluster()
                .application()
                .askSubApplications(node, version, before)
                .then(seen -> {
                    write(operation, node, version, seen);
                    return Progress.done(null);
                });
    }

    private void write(String operation, Node node, Version version, SubApplicationsSeen seen) {
        if (!seen.doubtful().isEmpty()) {
            remark(
                    operation,
                    "sub-applications in doubt " + node.startedAt() + " " + version,
                    MESSAGES.text("subApplications.doubtful", version, words(seen.doubtful())));
        }
        if (!seen.answering().isEmpty()) {
            remark(
                    operation,
                    "sub-applications answer " + node.startedAt() + " " + version,
                    MESSAGES.text("subApplications.answer", version, String.join(", ", seen.answering())));
        }
    }

    private void remark(String operation, String key, String text) {
        remarks.record(new Remark(operation, key, clock.instant(), text));
    }

    private static String words(Map<String, String> doubtful) {
        return doubtful.entrySet().stream()
                .map(entry -> MESSAGES.text("subApplications.one", entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("; "));
    }
}
