package nocobase.procedures.process.claim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.ElementIds;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.Variables;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Asks a person whether this engine goes on with a cluster, and lets its operations rest until there is an answer: their
 * process instances are suspended, so that no job, timer or task of theirs moves and nothing fails by waiting.
 */
@Component
class EngineInDoubt {

    static final String PROCESS = ProcessKeys.ENGINE_IN_DOUBT;

    private static final Logger LOG = LoggerFactory.getLogger(EngineInDoubt.class);
    private static final Messages MESSAGES = Messages.of("process");
    private static final int PATIENCE = 10;

    private final Claims claims;
    private final RuntimeService runtime;
    private final FenceRecords records;
    private final TransactionTemplate transaction;
    /** A job that finds the doubt is undone; what it asks is not. */
    private final ExecutorService asking;

    // The engine's own beans come last: listeners that lead here are part of its configuration.
    EngineInDoubt(
            Claims claims,
            FenceRecords records,
            @Lazy RuntimeService runtime,
            @Lazy PlatformTransactionManager transactions) {
        this.claims = claims;
        this.records = records;
        this.runtime = runtime;
        this.transaction = new TransactionTemplate(transactions);
        CustomizableThreadFactory threads = new CustomizableThreadFactory("engine-in-doubt-");
        threads.setDaemon(true);
        this.asking = Executors.newCachedThreadPool(threads);
    }

    /** Asks once, and lets what runs on the cluster rest. Both are so when this returns. */
    void ask(String cluster, String operation, Doubt doubt) {
        try {
            asking.submit(() -> records.alone(PROCESS + " " + cluster, record -> {
                        transaction.executeWithoutResult(status -> asked(cluster, operation, doubt));
                        return null;
                    }))
                    .get(PATIENCE, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(MESSAGES.text("fence.nobodyAsked", cluster), e);
        }
    }

    private void asked(String cluster, String operation, Doubt doubt) {
        if (open(cluster).isEmpty()) {
            LOG.warn("{}: {} Operators are asked whether this engine goes on", cluster, doubt.text());
            Map<String, Object> variables = new HashMap<>();
            variables.put(Variables.CLUSTER, cluster);
            variables.put(Variables.FAILED_OPERATION, operation);
            variables.put("doubt", doubt.text());
            variables.put("doubtRemedy", doubt.remedy());
            runtime.startProcessInstanceByKey(PROCESS, PROCESS + "-" + cluster, variables);
        }
        instances(cluster)
                .filter(instance -> !instance.isSuspended())
                .forEach(instance -> runtime.suspendProcessInstanceById(instance.getId()));
    }

    /** Lets the cluster's operations go on. */
    void goOn(String cluster) {
        instances(cluster)
                .filter(ProcessInstance::isSuspended)
                .forEach(instance -> runtime.activateProcessInstanceById(instance.getId()));
    }

    /** Ends the cluster's operations here; nothing is done to the cluster. */
    void endUntouched(String cluster, String comment) {
        operations(cluster)
                .forEach(claim -> runtime.deleteProcessInstance(
                        claim.processInstance(), MESSAGES.text("fence.ended", comment), false, true));
    }

    /** Takes back questions about clusters that nothing runs on any more. */
    void closeSettled() {
        runtime.createProcessInstanceQuery().processDefinitionKey(PROCESS).list().stream()
                .filter(asked -> operations(asked.getBusinessKey().substring(PROCESS.length() + 1))
                        .findAny()
                        .isEmpty())
                .filter(asked ->
                        runtime.getActiveActivityIds(asked.getId()).contains(ElementIds.DECIDE_WHETHER_ENGINE_GOES_ON))
                .forEach(asked ->
                        runtime.deleteProcessInstance(asked.getId(), MESSAGES.text("fence.settled"), true, false));
    }

    private List<ProcessInstance> open(String cluster) {
        return runtime.createProcessInstanceQuery()
                .processDefinitionKey(PROCESS)
                .processInstanceBusinessKey(PROCESS + "-" + cluster)
                .list();
    }

    private Stream<Claim> operations(String cluster) {
        return Stream.concat(claims.find(cluster).stream(), claims.plannedFor(cluster).stream());
    }

    /** Each fragment bears the business key of its procedure. */
    private Stream<ProcessInstance> instances(String cluster) {
        return operations(cluster)
                .flatMap(claim ->
                        runtime
                                .createProcessInstanceQuery()
                                .processInstanceBusinessKey(claim.operation())
                                .list()
                                .stream());
    }
}
