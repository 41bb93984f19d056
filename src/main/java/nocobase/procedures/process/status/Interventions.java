package nocobase.procedures.process.status;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nocobase.procedures.audit.Decision;
import nocobase.procedures.audit.Decisions;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.language.Messages;
import nocobase.procedures.process.ElementIds;
import nocobase.procedures.process.Json;
import nocobase.procedures.process.ProcessKeys;
import nocobase.procedures.process.StartRequest;
import nocobase.procedures.process.Variables;
import nocobase.procedures.process.claim.Claim;
import nocobase.procedures.process.claim.Claims;
import nocobase.procedures.security.Refusal;
import nocobase.procedures.security.SecuritySettings;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.MismatchingMessageCorrelationException;
import org.camunda.bpm.engine.OptimisticLockingException;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.camunda.bpm.engine.runtime.ProcessInstance;
import org.camunda.bpm.engine.task.IdentityLink;
import org.camunda.bpm.engine.task.Task;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What people do to a running procedure from outside of its tasks: whoever started it cancels it or begins at once while
 * nothing is touched yet, and a manager ends it. Ending goes through the procedure's own ways out, because only they leave
 * the cluster in a known state: a procedure is never cut off while it has one.
 */
@Component
public class Interventions {

    private static final Messages MESSAGES = Messages.of("process");
    /** Key of the decision that a break-glass is kept under. */
    static final String BREAK_GLASS = "breakGlass";

    /** Key of the decision that a manager's break is kept under. */
    static final String BREAK = "breakClaim";

    private static final Logger LOG = LoggerFactory.getLogger(Interventions.class);
    private static final String MANAGERS = "managers";
    private static final int MOST_URGENT = 100;
    private static final String WAIT_FOR_WINDOW = ElementIds.WAIT_FOR_MAINTENANCE_WINDOW;
    private static final String APPROVE = ElementIds.APPROVE_PROCEDURE;

    /** The answers that end a procedure while nothing is touched: one for the task's question, one for its comment. */
    private static final Map<String, Answer> REFUSALS = Map.of(
            ElementIds.REVIEW_PLAN,
            new Answer("planAccepted", false, "planComment"),
            APPROVE,
            new Answer("procedureApproved", false, "procedureApprovalComment"),
            WAIT_FOR_WINDOW,
            new Answer("windowChoice", "cancel", "windowComment"));

    private record Answer(String question, Object value, String comment) {}

    private final Claims claims;
    private final Decisions decisions;
    private final Downtimes downtimes;
    private final Announcements news;
    private final SecuritySettings security;
    private final ManagersTime managersTime;
    private final ProcessEngine engine;
    private final RuntimeService runtime;
    private final TaskService tasks;
    private final Clock clock;
    private final TransactionTemplate transaction;

    Interventions(
            Claims claims,
            Decisions decisions,
            Downtimes downtimes,
            Announcements news,
            SecuritySettings security,
            ManagersTime managersTime,
            ProcessEngine engine,
            Clock clock,
            PlatformTransactionManager transactions) {
        this.claims = claims;
        this.decisions = decisions;
        this.downtimes = downtimes;
        this.news = news;
        this.security = security;
        this.managersTime = managersTime;
        this.engine = engine;
        this.runtime = engine.getRuntimeService();
        this.tasks = engine.getTaskService();
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** What a person may do to a procedure now. */
    public enum Offer {
        CANCEL,
        START_NOW,
        BREAK,
        BREAK_GLASS,
        RETURN
    }

    /** What may be offered where no procedure runs: a cluster that was left is brought back. */
    public List<Offer> offers(String cluster, Collection<String> groups) {
        return groups.contains("ops") && downtimes.lasting(cluster).isPresent() ? List.of(Offer.RETURN) : List.of();
    }

    /**
     * What may be offered to that person, from what is known already. The deed itself checks again.
     *
     * @param groups of the person
     */
    public List<Offer> offers(Claim claim, List<OpenTask> open, String person, Collection<String> groups) {
        List<String> keys = open.stream().map(OpenTask::key).toList();
        List<Offer> offers = new ArrayList<>();
        if (claim.who().equals(person)) {
            if (keys.contains(WAIT_FOR_WINDOW)) {
                offers.add(Offer.START_NOW);
            }
            if (keys.contains(WAIT_FOR_WINDOW) || keys.contains(APPROVE)) {
                offers.add(Offer.CANCEL);
            }
        }
        if (groups.contains(MANAGERS)) {
            offers.add(Offer.BREAK);
        } else if (security.breakGlass()
                && groups.contains("ops")
                && open.stream()
                        .filter(task -> task.groups().equals(List.of(MANAGERS)))
                        .anyMatch(task -> !askedForIt(task.id(), person))) {
            offers.add(Offer.BREAK_GLASS);
        }
        return offers;
    }

    /**
     * Cancels a procedure that waits for its window or for approval.
     *
     * @return what happened, for the person
     * @throws org.camunda.bpm.engine.ProcessEngineException with a refusal
     */
    public String cancel(String cluster, String operation, String person, String reason) {
        String why = StartRequest.reason(reason);
        return alone(() -> {
            requireStarter(held(cluster, operation), person);
            Task task = waiting(operation, WAIT_FOR_WINDOW, APPROVE);
            refuse(task, person, MESSAGES.text("deed.cancelledBy", person, why));
            return MESSAGES.text("deed.cancelled");
        });
    }

    /**
     * Starts a return to service as its start form does.
     *
     * @return what happened, for the person
     */
    public String returnToService(String cluster, String person, List<String> groups, String reason) {
        IdentityService identity = engine.getIdentityService();
        identity.setAuthentication(person, groups);
        try {
            runtime.startProcessInstanceByKey(
                    ProcessKeys.RETURN_TO_SERVICE,
                    Map.of(Variables.CLUSTER, cluster, Variables.REASON, reason == null ? "" : reason));
            return MESSAGES.text("return.started");
        } finally {
            identity.clearAuthentication();
        }
    }

    /** Begins at once, without waiting for the window. */
    public String startNow(String cluster, String operation, String person, String reason) {
        String why = reason == null || reason.isBlank() ? "" : StartRequest.reason(reason);
        return alone(() -> {
            requireStarter(held(cluster, operation), person);
            Task task = waiting(operation, WAIT_FOR_WINDOW);
            answer(task, person, Map.of("windowChoice", "start", "windowComment", why));
            return MESSAGES.text("deed.started");
        });
    }

    /**
     * Opens a manager's task to an operator, for the night in which no manager answers within {@code answer-timeout}. Four eyes stay: whoever asked for
     * what the task decides on does not get it. Everybody is told, and it stands in the evidence.
     */
    public String breakGlass(String cluster, String operation, String person, String reason) {
        String why = StartRequest.reason(reason);
        if (!security.breakGlass()) {
            throw Refusal.notAllowed(MESSAGES.text("deed.noBreakGlass"));
        }
        return alone(() -> {
            held(cluster, operation);
            Task task = open(operation).stream()
                    .filter(one -> isForManagersOnly(one.getId()))
                    .findFirst()
                    .orElseThrow(() -> Refusal.tooLate(MESSAGES.text("deed.noManagersTask", operation)));
            requireFourEyes(task, person);
            managersTime.requirePassed(cluster, task);
            LOG.warn("Break-glass: {} takes \"{}\" in the managers' stead: {}", person, task.getName(), why);
            tasks.addCandidateUser(task.getId(), person);
            decide(operation, BREAK_GLASS, MESSAGES.text("deed.breakGlass", task.getName()), person, why);
            news.ofBreak(cluster, operation, MESSAGES.text("deed.breakGlassNews", person, task.getName()), why);
            return MESSAGES.text("deed.breakGlassOpen", task.getName());
        });
    }

    private boolean isForManagersOnly(String task) {
        return groups(tasks, task).equals(Set.of(MANAGERS));
    }

    private static Set<String> groups(TaskService tasks, String task) {
        return tasks.getIdentityLinksForTask(task).stream()
                .map(IdentityLink::getGroupId)
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    /** Where it is not known who asked, anybody may have. */
    private boolean askedForIt(String task, String person) {
        Object asked = tasks.createTaskQuery().taskId(task).count() == 0 ? null : tasks.getVariable(task, "notBy");
        return asked == null || List.of(asked.toString().split("\\s*,\\s*")).contains(person);
    }

    private void requireFourEyes(Task task, String person) {
        if (askedForIt(task.getId(), person)) {
            throw Refusal.notAllowed(MESSAGES.text("deed.fourEyes", person, task.getName()));
        }
    }

    private void decide(String operation, String key, String name, String person, String why) {
        decisions.record(new Decision(
                operation,
                key,
                name,
                person,
                clock.instant(),
                Json.of(Map.of("reason", why)).getValueSerialized()));
    }

    /** Ends a procedure for its manager, as gently as the place where it stands allows. */
    public String breakClaim(String cluster, String operation, String manager, String reason) {
        String why = StartRequest.reason(reason);
        return alone(() -> {
            Claim claim = held(cluster, operation);
            LOG.info("{} ends {} on {}: {}", manager, operation, cluster, why);
            decide(operation, BREAK, MESSAGES.text("deed.breakLock", cluster), manager, why);
            news.ofBreak(
                    cluster, operation, MESSAGES.text("deed.lockBroken", manager), MESSAGES.text("deed.reason", why));
            return end(claim, manager, MESSAGES.text("deed.endedBy", manager, why));
        });
    }

    private String end(Claim claim, String manager, String why) {
        Optional<Task> task = open(claim.operation()).stream().findFirst();
        if (task.isPresent()) {
            return endAtTask(task.get(), manager, why);
        }
        Optional<EventSubscription> wait = waits(claim.operation());
        if (wait.isPresent()) {
            return endAtWait(wait.get(), why);
        }
        if (isStuck(claim.operation())) {
            runtime.deleteProcessInstance(claim.processInstance(), why, false, true);
            return MESSAGES.text("deed.deleted");
        }
        throw Refusal.tooLate(MESSAGES.text("deed.stepRuns", claim.operation()));
    }

    private String endAtTask(Task task, String manager, String why) {
        if (REFUSALS.containsKey(task.getTaskDefinitionKey())) {
            refuse(task, manager, why);
            return MESSAGES.text("deed.ended");
        }
        Optional<String> out = wayOut(task);
        if (out.isPresent()) {
            answer(task, manager, Map.of(Variables.DECISION, out.get(), "decisionComment", why));
            return MESSAGES.text("deed.aborted");
        }
        tasks.setAssignee(task.getId(), null);
        handOver(tasks, task.getId());
        return MESSAGES.text("deed.openToManagers", task.getName());
    }

    /** Of the answers that end the procedure the one that gets clients served, where there is one. */
    private Optional<String> wayOut(Task task) {
        if (!task.getTaskDefinitionKey().equals(ElementIds.DECIDE_HOW_TO_GO_ON)) {
            return Optional.empty();
        }
        List<String> choices = List.of(String.valueOf(tasks.getVariable(task.getId(), Variables.CHOICES))
                .split(","));
        return Stream.of("sendBack", "abort").filter(choices::contains).findFirst();
    }

    private String endAtWait(EventSubscription wait, String why) {
        Failure failure = Failure.of(why, MESSAGES.text("deed.brokenOff.remedy"));
        runtime.messageEventReceived(
                wait.getEventName(),
                wait.getExecutionId(),
                Map.of(Variables.OUTCOME, Variables.FAILED, Variables.FAILURE, Json.of(failure)));
        return MESSAGES.text("deed.brokenOff");
    }

    /** Puts a task before the managers too, most urgently. @return false if they had it already */
    public static boolean handOver(TaskService tasks, String task) {
        boolean fresh = !groups(tasks, task).contains(MANAGERS);
        if (fresh) {
            tasks.addCandidateGroup(task, MANAGERS);
        }
        tasks.setPriority(task, MOST_URGENT);
        return fresh;
    }

    /** Lets managers answer a task that is being made. */
    public static void openToManagers(DelegateTask task) {
        if (task.getCandidates().stream().noneMatch(link -> MANAGERS.equals(link.getGroupId()))) {
            task.addCandidateGroup(MANAGERS);
        }
    }

    /** Whether a manager wants this operation to end. */
    public static boolean isBroken(Decisions decisions, String operation) {
        return operation != null
                && decisions.of(operation).stream()
                        .anyMatch(decision -> decision.task().equals(BREAK));
    }

    private Claim held(String cluster, String operation) {
        Claim claim = claims.planned(operation)
                .or(() -> claims.find(cluster))
                .orElseThrow(() -> Refusal.tooLate(MESSAGES.text("deed.nothingRuns", cluster, operation)));
        if (!claim.operation().equals(operation)) {
            throw Refusal.tooLate(MESSAGES.text("deed.otherOperation", cluster, claim.operation(), claim.who()));
        }
        requireMoving(claim);
        return claim;
    }

    private void requireMoving(Claim claim) {
        if (runtime.createProcessInstanceQuery()
                        .processInstanceId(claim.processInstance())
                        .suspended()
                        .count()
                > 0) {
            throw Refusal.tooLate(MESSAGES.text("deed.resting", claim.cluster()));
        }
    }

    private static void requireStarter(Claim claim, String person) {
        if (!claim.who().equals(person)) {
            throw Refusal.notAllowed(MESSAGES.text("deed.onlyStarter", claim.who(), claim.operation()));
        }
    }

    private Task waiting(String operation, String... keys) {
        return open(operation).stream()
                .filter(task -> List.of(keys).contains(task.getTaskDefinitionKey()))
                .findFirst()
                .orElseThrow(() -> Refusal.tooLate(MESSAGES.text("deed.tooLate", operation)));
    }

    private List<Task> open(String operation) {
        return tasks.createTaskQuery()
                .processInstanceBusinessKey(operation)
                .orderByTaskCreateTime()
                .desc()
                .list();
    }

    private Optional<EventSubscription> waits(String operation) {
        return instances(operation).stream()
                .flatMap(instance -> runtime
                        .createEventSubscriptionQuery()
                        .processInstanceId(instance.getId())
                        .eventType("message")
                        .list()
                        .stream())
                .findFirst();
    }

    private boolean isStuck(String operation) {
        return instances(operation).stream()
                .anyMatch(instance -> engine.getManagementService()
                                .createJobQuery()
                                .processInstanceId(instance.getId())
                                .noRetriesLeft()
                                .count()
                        > 0);
    }

    private List<ProcessInstance> instances(String operation) {
        return runtime.createProcessInstanceQuery()
                .processInstanceBusinessKey(operation)
                .list();
    }

    private void refuse(Task task, String person, String comment) {
        Answer no = REFUSALS.get(task.getTaskDefinitionKey());
        answer(task, person, Map.of(no.question(), no.value(), no.comment(), comment));
    }

    /** As that person's answer, whoever had claimed the task: the right to give it was checked here. */
    private void answer(Task task, String person, Map<String, Object> answers) {
        tasks.setAssignee(task.getId(), person);
        tasks.complete(task.getId(), answers);
    }

    private String alone(java.util.function.Supplier<String> deed) {
        try {
            return transaction.execute(status -> deed.get());
        } catch (OptimisticLockingException | MismatchingMessageCorrelationException e) {
            throw Refusal.tooLate(MESSAGES.text("deed.sameMoment"));
        }
    }
}
