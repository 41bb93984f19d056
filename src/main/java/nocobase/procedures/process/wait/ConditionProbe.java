package nocobase.procedures.process.wait;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.MayHealException;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.concurrent.LogContext;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.Admission;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.StepNames;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.RuntimeService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** One look at what a step waits for, and the message to the step when there is an outcome. */
@Component
class ConditionProbe {

    private static final Messages MESSAGES = Messages.of("process");
    private static final Logger LOG = LoggerFactory.getLogger(ConditionProbe.class);

    /** As long as a step that fails for the same reason is tried again (failedJobRetryTimeCycle). */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Map<String, Condition> conditions;
    private final Clusters clusters;
    private final Admission admission;
    private final RuntimeService runtimeService;
    private final LastSeen lastSeen;
    private final StepNames stepNames;
    private final Clock clock;
    private final TransactionTemplate transaction;
    /** What has not failed for so long is well again: an action that is tried anew is no sign of that yet. */
    private static final Duration WELL = Duration.ofSeconds(10);

    /** What waiting steps had to do without, by execution. */
    private final Map<String, Missing> missing = new ConcurrentHashMap<>();

    private record Missing(Instant since, Instant last) {

        Missing again(Instant now) {
            return now.isAfter(last.plus(WELL)) ? new Missing(now, now) : new Missing(since, now);
        }
    }

    ConditionProbe(
            List<Condition> conditions,
            Clusters clusters,
            Admission admission,
            RuntimeService runtimeService,
            LastSeen lastSeen,
            StepNames stepNames,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.transaction = new TransactionTemplate(transactions);
        this.conditions = conditions.stream().collect(Collectors.toMap(Condition::message, Function.identity()));
        this.clusters = clusters;
        this.admission = admission;
        this.runtimeService = runtimeService;
        this.lastSeen = lastSeen;
        this.stepNames = stepNames;
        this.clock = clock;
    }

    /** The condition of a message, or null for a message that is none of ours. */
    Condition condition(String message) {
        return conditions.get(message);
    }

    /** @return whether there was an outcome and the step goes on */
    boolean look(WaitingStep step) {
        try (LogContext said = LogContext.of(step.businessKey(), stepNames.of(step.definition(), step.activity()))) {
            return admission.admits(step.businessKey()) && correlate(step, observe(step));
        } catch (OptimisticLockingException e) {
            LOG.debug("{} was taken on by somebody else", step);
            return false;
        } catch (ProcessEngineException e) {
            // Normal where the instance ended or another engine instance was quicker; whatever lasts shows in the
            // status.
            lastSeen.put(step.processInstance(), MESSAGES.text("probe.notTaken", e.getMessage()));
            LOG.info("{} was not taken: {}", step.message(), e.getMessage());
            return false;
        } catch (RuntimeException e) {
            lastSeen.put(step.processInstance(), MESSAGES.text("probe.lookFailed", e.getMessage()));
            LOG.warn("Looking at {} failed, trying again: {}", step.message(), e.toString());
            return false;
        }
    }

    private Progress<Map<String, Object>> observe(WaitingStep step) {
        try {
            return condition(step.message()).look(step.at(clusters));
        } catch (MayHealException e) {
            Instant now = clock.instant();
            Missing found =
                    missing.merge(step.execution(), new Missing(now, now), (before, first) -> before.again(now));
            return now.isBefore(found.since().plus(PATIENCE))
                    ? Progress.pending(
                            MESSAGES.text("probe.waiting", e.failure().what()))
                    : Progress.failed(e.failure());
        } catch (FailureException e) {
            return Progress.failed(e.failure());
        }
    }

    /** Forgets what other steps missed. */
    void retain(Set<String> executions) {
        missing.keySet().retainAll(executions);
    }

    private boolean correlate(WaitingStep step, Progress<Map<String, Object>> progress) {
        if (progress instanceof Progress.Pending<?> pending) {
            lastSeen.put(step.processInstance(), pending.text());
            return false;
        }
        Map<String, Object> variables = new HashMap<>();
        if (progress instanceof Progress.Failed<?> failed) {
            Failure failure = failed.failure();
            LOG.info("{} failed: {}", step.message(), failure.what());
            variables.put(Variables.OUTCOME, Variables.FAILED);
            variables.put(Variables.FAILURE, Json.of(failure));
        } else {
            variables.putAll(((Progress.Done<Map<String, Object>>) progress).result());
            variables.put(Variables.OUTCOME, Variables.FULFILLED);
        }
        transaction.executeWithoutResult(status -> {
            runtimeService.messageEventReceived(step.message(), step.execution(), variables);
            if (progress instanceof Progress.Done<?>) {
                condition(step.message()).fulfilled(step.at(clusters));
            }
        });
        // The same fragment may wait again at once, for something else.
        lastSeen.forget(step.processInstance());
        return true;
    }
}
