package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.TimeoutError;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Container;
import org.apache.catalina.Context;
import org.apache.catalina.Session;
import org.assertj.core.api.Assertions;
import org.camunda.bpm.engine.RepositoryService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.task.Task;
import org.camunda.bpm.model.bpmn.Bpmn;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.embedded.tomcat.TomcatWebServer;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

/**
 * What comes between a person and the answer: somebody else, a second click, a session that has expired, an engine that is
 * away. What was typed is kept or the person is told, and nothing is done twice.
 */
class AnswersUnderWayIT extends Office {

    private static final Duration NOTICED = Duration.ofSeconds(5);

    private static final String TYPED = "Turned it off and on again";

    @Autowired
    TaskService tasks;

    @Autowired
    RepositoryService repository;

    @Autowired
    ServletWebServerApplicationContext server;

    private String deployment;

    @BeforeAll
    void deploy() {
        deployment = repository
                .createDeployment()
                .addModelInstance(
                        "answer.bpmn",
                        Bpmn.createExecutableProcess("answer")
                                .name("Answer")
                                .camundaHistoryTimeToLive(1)
                                .camundaStartableInTasklist(false)
                                .startEvent()
                                .userTask("userTask_troubleshoot")
                                .name("Answer this")
                                .camundaFormRef("troubleshoot")
                                .camundaFormRefBinding("latest")
                                .camundaCandidateGroups("ops")
                                .endEvent()
                                .done())
                .deploy()
                .getId();
    }

    @AfterEach
    void nobodyIsAtADesk() {
        desks.values().forEach(page -> page.context().close());
        desks.clear();
        runtime.createProcessInstanceQuery()
                .processDefinitionKey("answer")
                .list()
                .forEach(left -> runtime.deleteProcessInstance(left.getId(), "end of test", true, true));
    }

    @AfterAll
    void nothingIsLeft() {
        repository.deleteDeployment(deployment, true);
    }

    @Test
    void ofTwoWhoClaimATaskTheSecondIsTold() {
        Task task = task();
        Page olga = at(task, "olga");
        Page otto = at(task, "otto");
        claim(olga).click();
        assertThat(complete(olga)).isVisible();

        claim(otto).click();

        assertThat(told(otto)).containsText("olga");
        Assertions.assertThat(assignee(task)).isEqualTo("olga");
    }

    @Test
    void whoseTaskWasGivenToSomebodyElseIsToldAndKeepsWhatWasTyped() {
        Task task = task();
        Page olga = answering(task);
        tasks.setAssignee(task.getId(), "otto");

        complete(olga).click();

        assertThat(told(olga)).containsText("otto");
        assertThat(field(olga)).hasValue(TYPED);
        Assertions.assertThat(assignee(task)).isEqualTo("otto");
    }

    @Test
    void whoseTaskIsDoneAlreadyIsTold() {
        Task task = task();
        Page olga = answering(task);
        Page second = olga.context().newPage();
        second.setDefaultTimeout(LONG_ENOUGH.toMillis());
        second.navigate(address("tasklist") + "#/?task=" + task.getId());
        type(second);
        complete(second).click();
        assertThat(complete(second)).hasCount(0);

        // Tasklist may have noticed by itself, and closed its button, between any two looks of ours.
        try {
            complete(olga).click(new Locator.ClickOptions().setTimeout(NOTICED.toMillis()));
        } catch (TimeoutError noticed) {
            assertThat(complete(olga)).isDisabled();
        }

        assertThat(olga.locator(".notifications .alert, .task-removed, .task-card .alert")
                        .first())
                .isVisible();
        Assertions.assertThat(history.createHistoricTaskInstanceQuery()
                        .taskId(task.getId())
                        .finished()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aDoubleClickCompletesOnce() {
        Task task = task();
        Page olga = answering(task);
        AtomicInteger sent = new AtomicInteger();
        olga.onRequest(request -> {
            if (request.url().endsWith("/submit-form")) {
                sent.incrementAndGet();
            }
        });

        complete(olga).dblclick();

        assertThat(complete(olga)).hasCount(0);
        Assertions.assertThat(sent).hasValue(1);
        Assertions.assertThat(olga.locator(".notifications .alert").allTextContents())
                .noneMatch(text -> text.contains("Could not"));
    }

    @Test
    void anExpiredSessionKeepsWhatWasTyped() {
        Task task = task();
        Page olga = answering(task);
        expireSessions();

        complete(olga).click();
        logIn(olga, "olga");

        keptAndCompletes(olga, task);
    }

    @Test
    void anEngineThatIsAwayKeepsWhatWasTyped() {
        Task task = task();
        Page olga = answering(task);
        olga.context().setOffline(true);

        complete(olga).click();

        assertThat(told(olga)).isVisible();
        assertThat(field(olga)).hasValue(TYPED);
        expireSessions();
        olga.context().setOffline(false);
        olga.reload();
        logIn(olga, "olga");
        keptAndCompletes(olga, task);
    }

    @Test
    void aLookAtAnotherTaskKeepsWhatWasTyped() {
        Task task = task();
        Task other = task();
        Page olga = answering(task);
        olga.locator(".tasks-list li.task:not(.active)").first().click();
        assertThat(claim(olga)).isVisible();

        olga.locator(".tasks-list li.task:not(.active)").first().click();

        assertThat(field(olga)).hasValue(TYPED);
        Assertions.assertThat(other.getId()).isNotEqualTo(task.getId());
    }

    @Test
    void whoLogsInNextBeginsWithAnEmptyForm() {
        Task task = task();
        Page olga = answering(task);
        expireSessions();
        tasks.setAssignee(task.getId(), "otto");
        olga.reload();

        logIn(olga, "otto");

        assertThat(complete(olga)).isVisible();
        assertThat(field(olga)).hasValue("");
    }

    private Task task() {
        String instance = runtime.startProcessInstanceByKey(
                        "answer", "training-1a2b3c4d", Map.of("cluster", "training", "procedure", "version-upgrade"))
                .getId();
        return tasks.createTaskQuery().processInstanceId(instance).singleResult();
    }

    private Page at(Task task, String person) {
        Page page = desk(person, "tasklist");
        page.navigate(address("tasklist") + "#/?task=" + task.getId());
        assertThat(page.locator(".task-card h2")).containsText("Answer this");
        return page;
    }

    /** olga has claimed the task and typed her answer. */
    private Page answering(Task task) {
        Page olga = at(task, "olga");
        claim(olga).click();
        type(olga);
        return olga;
    }

    /** What was typed is there still, and becomes the answer. */
    private void keptAndCompletes(Page page, Task task) {
        assertThat(field(page)).hasValue(TYPED);
        complete(page).click();
        assertThat(complete(page)).hasCount(0);
        Assertions.assertThat(stored(task)).isEqualTo(TYPED);
    }

    private static Locator claim(Page page) {
        return page.locator("[cam-tasklist-task-meta] .claim");
    }

    private static Locator complete(Page page) {
        return page.locator(".task-card .form-actions button[ng-click='complete()']");
    }

    private static Locator field(Page page) {
        return page.locator(".task-card .fjs-form textarea");
    }

    private static Locator told(Page page) {
        return page.locator(".notifications .alert").first();
    }

    private static void type(Page page) {
        field(page).fill(TYPED);
        assertThat(complete(page)).isEnabled();
    }

    private void logIn(Page page, String person) {
        page.getByPlaceholder("Username").fill(person);
        page.getByPlaceholder("Password").fill(PASSWORD);
        page.locator("form button[type=submit]").first().click();
    }

    private String assignee(Task task) {
        return tasks.createTaskQuery().taskId(task.getId()).singleResult().getAssignee();
    }

    private Object stored(Task task) {
        return history.createHistoricVariableInstanceQuery()
                .processInstanceId(task.getProcessInstanceId())
                .variableName("troubleshootComment")
                .singleResult()
                .getValue();
    }

    /** As a restart of the engine, or a long night, ends them. */
    private void expireSessions() {
        for (Container host : ((TomcatWebServer) server.getWebServer())
                .getTomcat()
                .getEngine()
                .findChildren()) {
            for (Container application : host.findChildren()) {
                for (Session session : ((Context) application).getManager().findSessions()) {
                    session.expire();
                }
            }
        }
    }
}
