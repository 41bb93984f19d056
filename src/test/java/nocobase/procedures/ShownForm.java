package nocobase.procedures;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.RuntimeService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.camunda.spin.plugin.variable.SpinValues;

/** A form in a task of olga's, in a process made for it that knows what procedures know when they ask. */
final class ShownForm {

    /** What the procedures know when they ask. */
    private static final Map<String, Object> KNOWN = Map.ofEntries(
            Map.entry("procedure", "version-upgrade"),
            Map.entry("cluster", "training"),
            Map.entry("starter", "otto"),
            Map.entry("reason", "Security fixes"),
            Map.entry("previousVersion", "2.2.15"),
            Map.entry("recordedVersion", "2.2.15"),
            Map.entry("targetVersion", "2.2.16"),
            Map.entry("version", "2.2.16"),
            Map.entry("firstNode", "app-1"),
            Map.entry("privateLink", "http://127.0.0.1/enter"),
            Map.entry("details", "Enable the map plugin"),
            Map.entry("window", "2099-01-31T22:00:00Z"),
            Map.entry("downSince", Instant.parse("2027-01-10T02:00:00Z").toString()),
            Map.entry("failedOperation", "training-1a2b3c4d"),
            Map.entry("failedProcess", "Suspend service"),
            Map.entry("failedActivity", "Stop all nodes"),
            Map.entry("incidentMessage", "The container engine does not answer"),
            Map.entry("whatHappened", "Version upgrade was deleted by otto while it held this cluster"),
            Map.entry("deletionReason", "cleaned up by hand"),
            Map.entry("clientsSee", "The maintenance page is served"));

    private final RepositoryService repository;
    private final String name;
    private String deployment;

    ShownForm(RepositoryService repository, String name) {
        this.repository = repository;
        this.name = name;
    }

    void remove() {
        if (deployment != null) {
            repository.deleteDeployment(deployment, true);
        }
    }

    /** @return the task's id */
    String task(RuntimeService runtime, TaskService tasks, String key) {
        String process = "look-at-" + name;
        deployment = repository
                .createDeployment()
                .addModelInstance(
                        process + ".bpmn",
                        Bpmn.createExecutableProcess(process)
                                .name("Look at " + name)
                                .camundaHistoryTimeToLive(1)
                                .camundaStartableInTasklist(false)
                                .startEvent()
                                .userTask("userTask_" + key)
                                .name("Look at " + name)
                                .camundaFormRef(name)
                                .camundaFormRefBinding("latest")
                                .camundaCandidateGroups("ops")
                                .endEvent()
                                .done())
                .deploy()
                .getId();
        Map<String, Object> known = new HashMap<>(KNOWN);
        known.put(
                "checks",
                SpinValues.jsonValue(
                                "[{\"name\":\"Disk room\",\"result\":\"PASS\",\"finding\":\"12 GB free\",\"remedy\":\"\"}]")
                        .create());
        String instance = runtime.startProcessInstanceByKey(process, "training-1a2b3c4d", known)
                .getId();
        String task = tasks.createTaskQuery()
                .processInstanceId(instance)
                .singleResult()
                .getId();
        tasks.setAssignee(task, "olga");
        return task;
    }
}
