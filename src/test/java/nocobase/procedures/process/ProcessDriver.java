package nocobase.procedures.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import nocobase.procedures.MovableClock;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.process.claim.NodeGuard;
import nocobase.procedures.process.engine.RestingException;
import nocobase.procedures.process.wait.WatcherByHand;
import org.camunda.bpm.engine.HistoryService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.ProcessEngine;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.history.HistoricProcessInstance;
import org.camunda.bpm.engine.runtime.EventSubscription;
import org.camunda.bpm.engine.runtime.Job;
import org.camunda.bpm.engine.task.Task;

/**
 * Drives processes without threads and sleeps: executes jobs, lets the condition watcher look, and moves the clock of the
 * simulated world when nothing else happens. Loud when nothing waits where a test expects it.
 */
public class ProcessDriver {

    private static final int LONGEST_WAIT = 300;
    private static final Duration STRIDE = Duration.ofSeconds(4);

    private final RuntimeService runtime;
    private final TaskService tasks;
    private final ManagementService management;
    private final HistoryService history;
    private final WatcherByHand watcher;
    private final MovableClock clock;
    private final org.camunda.bpm.engine.IdentityService identity;
    private NodeGuard guard;

    public ProcessDriver(ProcessEngine engine, WatcherByHand watcher, MovableClock clock) {
        this.runtime = engine.getRuntimeService();
        this.tasks = engine.getTaskService();
        this.management = engine.getManagementService();
        this.history = engine.getHistoryService();
        this.identity = engine.getIdentityService();
        this.watcher = watcher;
        this.clock = clock;
    }

    /** The guard looks before each step, as it would twice a second. */
    public ProcessDriver guardedBy(NodeGuard nodeGuard) {
        guard = nodeGuard;
        return this;
    }

    public void lookOut() {
        if (guard != null) {
            guard.limits().forEach(guard::look);
        }
    }

    /** Starts a procedure as that person. @return id of the process instance */
    public String start(String person, String procedure, Map<String, Object> form) {
        become(person);
        try {
            return runtime.startProcessInstanceByKey(procedure, form).getId();
        } finally {
            identity.clearAuthentication();
        }
    }

    /** Somebody with an account: who belongs to a group is asked of the engine's own users. */
    private void become(String person) {
        if (identity.createUserQuery().userId(person).count() == 0) {
            identity.saveUser(identity.newUser(person));
        }
        for (String group : groupsOf(person)) {
            if (identity.createUserQuery().userId(person).memberOfGroup(group).count() == 0) {
                identity.createMembership(person, group);
            }
        }
        identity.setAuthentication(person, groupsOf(person));
    }

    /** Goes on until a person is asked or everything ended. */
    public void run() {
        runUntil(() -> tasks.createTaskQuery().count() > 0);
    }

    /** Goes on until an execution waits for the message. */
    public void runUntilWaitingFor(String message) {
        for (int step = 0; step < 500; step++) {
            if (subscription(message) != null) {
                return;
            }
            if (!executeJobs() && watcher.lookNow() == 0) {
                clock.advance(STRIDE);
            }
        }
        fail("Nothing waits for " + message + "; " + whereabouts());
    }

    private void runUntil(java.util.function.BooleanSupplier done) {
        int idle = 0;
        while (idle < LONGEST_WAIT) {
            if (executeJobs()) {
                idle = 0;
                continue;
            }
            if (done.getAsBoolean() || runtime.createProcessInstanceQuery().count() == 0) {
                return;
            }
            if (watcher.lookNow() == 0) {
                clock.advance(STRIDE);
                idle++;
            }
        }
        fail("Nothing happened for " + LONGEST_WAIT + " strides of the clock; " + whereabouts());
    }

    private boolean executeJobs() {
        lookOut();
        List<Job> jobs = management
                .createJobQuery()
                .messages()
                .withRetriesLeft()
                .active()
                .list();
        for (Job job : jobs) {
            try {
                management.executeJob(job.getId());
            } catch (RuntimeException e) {
                if (e instanceof RestingException) {
                    continue;
                }
                // The engine counted the try; an incident follows when none is left.
                assertThat(management
                                .createJobQuery()
                                .jobId(job.getId())
                                .singleResult()
                                .getExceptionMessage())
                        .isNotBlank();
            }
        }
        return !jobs.isEmpty();
    }

    /** Lets a wait end as failed, as the watcher would. */
    public void failWaiting(String message, String what) {
        runUntilWaitingFor(message);
        Map<String, Object> variables = new HashMap<>();
        variables.put(Variables.OUTCOME, Variables.FAILED);
        variables.put(Variables.FAILURE, Json.of(Failure.of(what, "Ordered by the test.")));
        runtime.messageEventReceived(message, subscription(message).getExecutionId(), variables);
        run();
    }

    /** Lets the time limit of a wait strike. */
    public void strikeTimeLimit(String message, String boundaryEvent) {
        runUntilWaitingFor(message);
        fireTimer(boundaryEvent);
        run();
    }

    public void fireTimer(String activity) {
        Job job = management.createJobQuery().timers().activityId(activity).singleResult();
        assertThat(job).as("timer at " + activity + "; " + whereabouts()).isNotNull();
        management.executeJob(job.getId());
    }

    private EventSubscription subscription(String message) {
        return runtime.createEventSubscriptionQuery().eventName(message).list().stream()
                .findFirst()
                .orElse(null);
    }

    /** The one open task, which must be this one. */
    public Task task(String key) {
        List<Task> open = tasks.createTaskQuery().initializeFormKeys().list();
        assertThat(open.stream().map(Task::getTaskDefinitionKey))
                .as("open tasks; " + whereabouts())
                .containsExactly("userTask_" + key);
        return open.get(0);
    }

    public Object variable(String taskKey, String name) {
        return tasks.getVariable(task(taskKey).getId(), name);
    }

    /** Claims and completes the open task as that person, then goes on. */
    public void complete(String person, String key, Map<String, Object> answers) {
        complete(person, key, answers, true);
    }

    /** As above; goes on only if asked to. */
    public void complete(String person, String key, Map<String, Object> answers, boolean goOn) {
        Task task = task(key);
        become(person);
        try {
            tasks.claim(task.getId(), person);
            tasks.complete(task.getId(), new HashMap<>(answers));
        } finally {
            identity.clearAuthentication();
        }
        if (goOn) {
            run();
        }
    }

    /** Accepts the plan with each of its warnings. */
    public void acceptPlan(String person, boolean goOn) {
        List<String> warnings = new ArrayList<>();
        Json.read(variable("reviewPlan", "warningOptions"))
                .forEach(option -> warnings.add(option.path("value").asText()));
        complete(person, "reviewPlan", Map.of("planAccepted", true, "acceptedWarnings", Json.of(warnings)), goOn);
    }

    private static List<String> groupsOf(String person) {
        return List.of(person.equals("maria") ? "managers" : "ops");
    }

    /** Id of the end event that the instance ended at. */
    public String endOf(String instance) {
        HistoricProcessInstance ended = history.createHistoricProcessInstanceQuery()
                .processInstanceId(instance)
                .singleResult();
        assertThat(ended.getEndTime()).as("not ended; " + whereabouts()).isNotNull();
        return ended.getEndActivityId();
    }

    /** Ends whatever a failed test left behind. */
    public void clear() {
        // A deleted procedure leaves a task for its cluster, which goes in the second round.
        clearOnce();
        clearOnce();
    }

    private void clearOnce() {
        runtime.createProcessInstanceQuery().rootProcessInstances().list().forEach(instance -> {
            if (runtime.createProcessInstanceQuery()
                            .processInstanceId(instance.getId())
                            .count()
                    > 0) {
                runtime.deleteProcessInstance(instance.getId(), "end of test", false, true);
            }
        });
    }

    private String whereabouts() {
        String waits = runtime.createProcessInstanceQuery().list().stream()
                .map(instance -> runtime.getActiveActivityIds(instance.getId()).toString())
                .collect(Collectors.joining(" "));
        String incidents = runtime.createIncidentQuery().list().stream()
                .map(incident -> incident.getActivityId() + ": " + incident.getIncidentMessage())
                .collect(Collectors.joining("; "));
        String failures = runtime.createVariableInstanceQuery().variableName(Variables.FAILURE).list().stream()
                .map(variable -> String.valueOf(variable.getValue()))
                .distinct()
                .collect(Collectors.joining("; "));
        return "failures: " + failures + ", active: " + waits + ", incidents: " + incidents;
    }
}
