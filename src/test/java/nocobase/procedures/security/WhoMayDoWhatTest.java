package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.ManagementService;
import org.camunda.bpm.engine.RepositoryService;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** Every role, and nobody, against every door and action: the expected status in one table. */
class WhoMayDoWhatTest extends SecuredEngine {

    /** Name | nobody | ops | managers | admins | method | path and body. */
    private static final String TABLE = """
            start page leads to Tasklist                    | 302 | 302 | 302 | 302 | GET    | /
            something that is not there                     | 404 | 404 | 404 | 404 | GET    | /secret
            posting to something that is not there          | 404 | 404 | 404 | 404 | POST   | /secret {}
            Tasklist's login page                           | 200 | 200 | 200 | 200 | GET    | /camunda/app/tasklist/default/
            the engine behind Tasklist, without login       | 401 | 401 | 401 | 401 | GET    | /camunda/api/engine/engine/default/task
            setup page                                      | 404 | 404 | 404 | 404 | GET    | /camunda/app/admin/default/setup/
            make oneself an administrator by setup          | 404 | 404 | 404 | 404 | POST   | /camunda/api/admin/setup/default/user/create <user>
            status page, which says nothing itself          | 200 | 200 | 200 | 200 | GET    | /status
            its script                                      | 200 | 200 | 200 | 200 | GET    | /status/status.js
            what the status page shows                      | 401 | 200 | 200 | 200 | GET    | /api/status
            what ran in a procedure                         | 401 | 200 | 200 | 200 | GET    | /api/procedures/4711
            cancel a procedure in the status view           | 401 | 200 | 403 | 403 | POST   | /api/clusters/prod/cancel {}
            begin before the window                         | 401 | 200 | 403 | 403 | POST   | /api/clusters/prod/start-now {}
            break-glass                                     | 401 | 200 | 403 | 403 | POST   | /api/clusters/prod/break-glass {}
            break a claim                                   | 401 | 403 | 200 | 403 | POST   | /api/clusters/prod/break {}
            see whether a task can be taken over            | 401 | 200 | 200 | 403 | GET    | /api/tasks/4711/take-over
            take over a task                                | 401 | 200 | 200 | 403 | POST   | /api/tasks/4711/take-over {}
            something else under our own interface          | 401 | 404 | 404 | 404 | GET    | /api/secret
            an evidence pack                                | 401 | 200 | 200 | 200 | GET    | /evidence/prod-1a2b3c4d
            health                                          | 200 | 200 | 200 | 200 | GET    | /actuator/health
            other actuator endpoints                        | 401 | 403 | 200 | 403 | GET    | /actuator/metrics
            actuator's list                                 | 401 | 403 | 200 | 403 | GET    | /actuator
            engines                                         | 401 | 200 | 200 | 200 | GET    | /engine-rest/engine
            the same under the engine's name                | 401 | 200 | 200 | 200 | GET    | /engine-rest/engine/default/task
            list tasks                                      | 401 | 200 | 200 | 200 | GET    | /engine-rest/task
            read a task                                     | 401 | 200 | 200 | 200 | GET    | /engine-rest/task/{judge}
            read a manager's task                           | 401 | 404 | 200 | 200 | GET    | /engine-rest/task/{approve}
            read a running procedure                        | 401 | 404 | 200 | 200 | GET    | /engine-rest/process-instance/{instance}
            read history                                    | 401 | 404 | 200 | 200 | GET    | /engine-rest/history/process-instance/{instance}
            start with the form                             | 401 | 200 | 403 | 403 | POST   | /engine-rest/process-definition/key/guarded-procedure/submit-form <start>
            start without the form                          | 401 | 200 | 403 | 403 | POST   | /engine-rest/process-definition/key/guarded-procedure/start <start>
            start in the middle, without listeners          | 401 | 403 | 403 | 403 | POST   | /engine-rest/process-definition/key/guarded-procedure/start {"skipCustomListeners":true,"startInstructions":[{"type":"startBeforeActivity","activityId":"userTask_approve"}]}
            start a fragment                                | 401 | 403 | 403 | 403 | POST   | /engine-rest/process-definition/key/fragment/start {}
            claim                                           | 401 | 204 | 403 | 403 | POST   | /engine-rest/task/{judge}/claim {"userId":"{me}"}
            claim for somebody else                         | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{judge}/claim {"userId":"otto"}
            claim what another has claimed                  | 401 | 409 | 403 | 403 | POST   | /engine-rest/task/{ottos}/claim {"userId":"{me}"}
            claim a manager's task                          | 401 | 403 | 204 | 403 | POST   | /engine-rest/task/{approve}/claim {"userId":"{me}"}
            take another's task away from him by unclaim    | 401 | 403 | 204 | 403 | POST   | /engine-rest/task/{ottos}/unclaim
            take another's task away by claim for nobody    | 401 | 403 | 204 | 403 | POST   | /engine-rest/task/{ottos}/claim {}
            complete what nobody has claimed                | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{judge}/complete <answers>
            complete what another has claimed               | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{ottos}/complete <answers>
            the same by the form                            | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{ottos}/submit-form <answers>
            the same, asking for variables in return        | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{ottos}/complete {"withVariablesInReturn":true,"variables":{}}
            resolve                                         | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{ottos}/resolve <answers>
            delegate                                        | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{judge}/delegate {"userId":"otto"}
            raise a BPMN error                              | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{judge}/bpmnError {"errorCode":"x"}
            raise an escalation                             | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{judge}/bpmnEscalation {"escalationCode":"x"}
            assign                                          | 401 | 403 | 204 | 403 | POST   | /engine-rest/task/{judge}/assignee {"userId":"otto"}
            assign to somebody it is not for                | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{approve}/assignee {"userId":"olga"}
            make somebody a candidate                       | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/{approve}/identity-links {"userId":"olga","type":"candidate"}
            change a task                                   | 401 | 403 | 403 | 403 | PUT    | /engine-rest/task/{judge} {"name":"x","assignee":"otto"}
            delete a task                                   | 401 | 403 | 403 | 403 | DELETE | /engine-rest/task/{judge}
            make a task                                     | 401 | 403 | 403 | 403 | POST   | /engine-rest/task/create {"name":"x"}
            set a variable through the task                 | 401 | 403 | 403 | 403 | PUT    | /engine-rest/task/{judge}/variables/internal {"value":"x"}
            set a local variable of the task                | 401 | 403 | 403 | 403 | PUT    | /engine-rest/task/{judge}/localVariables/internal {"value":"x"}
            remove a variable through the task              | 401 | 403 | 403 | 403 | DELETE | /engine-rest/task/{judge}/variables/internal
            set a variable of the procedure                 | 401 | 403 | 403 | 403 | PUT    | /engine-rest/process-instance/{instance}/variables/internal {"value":"x"}
            move the token                                  | 401 | 403 | 403 | 403 | POST   | /engine-rest/process-instance/{instance}/modification {"instructions":[{"type":"startBeforeActivity","activityId":"endEvent_done"}]}
            suspend                                         | 401 | 403 | 403 | 403 | PUT    | /engine-rest/process-instance/{instance}/suspended {"suspended":true}
            delete a running procedure                      | 401 | 403 | 403 | 204 | DELETE | /engine-rest/process-instance/{instance}
            answer for the machine what is awaited          | 401 | 403 | 403 | 403 | POST   | /engine-rest/message {"messageName":"first-node-ready","processInstanceId":"{waiting}","processVariables":{"outcome":{"value":"fulfilled"}}}
            the same through its execution                  | 401 | 403 | 403 | 403 | POST   | /engine-rest/execution/{execution}/messageSubscriptions/first-node-ready/trigger {}
            let a time limit strike                         | 401 | 403 | 403 | 403 | POST   | /engine-rest/job/{job}/execute
            give a job its retries back                     | 401 | 403 | 403 | 204 | PUT    | /engine-rest/job/{job}/retries {"retries":1}
            put a time limit off                            | 401 | 403 | 403 | 403 | PUT    | /engine-rest/job/{job}/duedate {"duedate":null}
            delete the history of what ended                | 401 | 403 | 403 | 403 | DELETE | /engine-rest/history/process-instance/{ended}
            delete a variable's history                     | 401 | 403 | 403 | 403 | DELETE | /engine-rest/history/process-instance/{ended}/variable-instances
            delete many from the history                    | 401 | 403 | 403 | 403 | POST   | /engine-rest/history/process-instance/delete {"historicProcessInstanceIds":["{ended}"]}
            clean up what is past its time to live          | 401 | 403 | 403 | 200 | POST   | /engine-rest/history/cleanup
            move many tokens                                | 401 | 403 | 403 | 403 | POST   | /engine-rest/modification/execute {"processDefinitionId":"{definition}","processInstanceIds":["{waiting}"],"instructions":[{"type":"cancel","activityId":"receiveTask_wait"}]}
            the same in the background                      | 401 | 403 | 403 | 403 | POST   | /engine-rest/modification/executeAsync {"processDefinitionId":"{definition}","processInstanceIds":["{waiting}"],"instructions":[{"type":"cancel","activityId":"receiveTask_wait"}]}
            delete many running procedures                  | 401 | 403 | 403 | 403 | POST   | /engine-rest/process-instance/delete {"processInstanceIds":["{waiting}"]}
            Cockpit's plugin interface, without its login   | 401 | 401 | 401 | 401 | GET    | /camunda/api/cockpit/plugin/base/default/process-instance/count
            deploy                                          | 401 | 403 | 403 | 403 | POST   | /engine-rest/deployment/create <deployment>
            make a user                                     | 401 | 403 | 403 | 204 | POST   | /engine-rest/user/create <user>
            make oneself a manager                          | 401 | 403 | 403 | 204 | PUT    | /engine-rest/group/managers/members/trainee
            grant                                           | 401 | 403 | 403 | 403 | POST   | /engine-rest/authorization/create {"type":1,"permissions":["ALL"],"groupId":"ops","resourceType":6,"resourceId":"*"}
            make a filter                                   | 401 | 403 | 403 | 403 | POST   | /engine-rest/filter/create {"resourceType":"Task","name":"x","query":{},"properties":{}}
            """;

    private static final Map<String, String> BODIES = Map.of(
            "<start>", START,
            "<answers>", "{\"variables\": {\"decision\": {\"value\": \"works\"}, \"looked\": {\"value\": true}}}",
            "<user>", "{\"profile\": {\"id\": \"u{n}\"}, \"credentials\": {\"password\": \"a-long-password\"}}",
            "<deployment>",
                    "--abcd\r\nContent-Disposition: form-data; name=\"x\"; filename=\"x.txt\"\r\n\r\nx\r\n--abcd--\r\n");

    private record Row(String name, List<Integer> expected, String method, String path, String body) {

        static Row parse(String line) {
            String[] cells = line.split("\\s*\\|\\s*", 7);
            List<Integer> expected =
                    Stream.of(cells).skip(1).limit(4).map(Integer::valueOf).toList();
            String[] request = cells[6].split(" ", 2);
            String body = request.length == 1 ? null : BODIES.getOrDefault(request[1], request[1]);
            return new Row(cells[0], expected, cells[5].strip(), request[0], body);
        }
    }

    @Autowired
    IdentityService identity;

    @Autowired
    ManagementService management;

    @Autowired
    RepositoryService repository;

    @BeforeEach
    void aTrainee() {
        if (identity.createUserQuery().userId("trainee").count() == 0) {
            identity.saveUser(identity.newUser("trainee"));
        }
    }

    @TestFactory
    Stream<DynamicTest> table() {
        return TABLE.lines().map(Row::parse).flatMap(row -> {
            Map<String, String> place = new HashMap<>();
            return Stream.of(
                    test(row, 0, "nobody", nobody(), place),
                    test(row, 1, "olga", as("olga"), place),
                    test(row, 2, "maria", as("maria"), place),
                    test(row, 3, "admin", as("admin"), place));
        });
    }

    private DynamicTest test(Row row, int column, String who, Caller caller, Map<String, String> place) {
        int expected = row.expected().get(column);
        return DynamicTest.dynamicTest(who + ": " + row.name() + ": " + expected, () -> {
            var answer = caller.call(row.method(), fill(row.path(), who, place), fill(row.body(), who, place));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
            if (expected < 300 && !row.method().equals("GET")) {
                place.clear();
            }
        });
    }

    /** Makes what a row needs, by the system itself; the four callers share it until one of them has changed it. */
    private String fill(String text, String who, Map<String, String> place) {
        if (text == null) {
            return null;
        }
        String filled = text.replace("{me}", who).replace("{n}", Long.toString(System.nanoTime(), 36));
        for (var need : NEEDS.entrySet()) {
            if (filled.contains(need.getKey())) {
                String id = place.computeIfAbsent(
                        need.getKey(), key -> need.getValue().apply(this));
                filled = filled.replace(need.getKey(), id);
            }
        }
        return filled;
    }

    private static Map.Entry<String, Function<WhoMayDoWhatTest, String>> entry(
            String need, Function<WhoMayDoWhatTest, String> made) {
        return Map.entry(need, made);
    }

    private String waiting() {
        return runtime.startProcessInstanceByKey("waiting").getId();
    }

    private static final Map<String, Function<WhoMayDoWhatTest, String>> NEEDS = Map.ofEntries(
            entry("{waiting}", WhoMayDoWhatTest::waiting),
            entry(
                    "{execution}",
                    world -> world.runtime
                            .createEventSubscriptionQuery()
                            .processInstanceId(world.waiting())
                            .singleResult()
                            .getExecutionId()),
            entry(
                    "{job}",
                    world -> world.management
                            .createJobQuery()
                            .processInstanceId(world.waiting())
                            .singleResult()
                            .getId()),
            entry(
                    "{definition}",
                    world -> world.repository
                            .createProcessDefinitionQuery()
                            .processDefinitionKey("waiting")
                            .singleResult()
                            .getId()),
            entry("{ended}", world -> {
                String instance = world.waiting();
                world.runtime.deleteProcessInstance(instance, "test");
                return instance;
            }),
            entry("{judge}", world -> world.judgeTask("otto")),
            entry("{instance}", world -> world.instanceOf(world.judgeTask("otto"))),
            entry("{approve}", world -> world.approveTask("otto")),
            entry("{ottos}", world -> {
                String task = world.judgeTask("otto");
                world.tasks.claim(task, "otto");
                return task;
            }));
}
