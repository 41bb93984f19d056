package nocobase.procedures;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The engine's own process dies while a person is typing an answer, and is started again: the person is told, what was typed
 * is kept, and it is done once.
 */
@Requires("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineRestartIT {

    private static final String PASSWORD = "correct-horse-battery";
    private static final String TYPED = "The warnings are known: \"room\"; it's fine";
    private static final Duration LONG_ENOUGH = Duration.ofSeconds(90);

    private EmbeddedPostgres database;
    private EngineProcess engine;
    private Chromium chromium;
    private JdbcTemplate jdbc;

    @BeforeAll
    void open() throws IOException {
        database = EmbeddedPostgres.start();
        jdbc = new JdbcTemplate(database.getPostgresDatabase());
        engine = new EngineProcess(settings(), "restart").start();
        chromium = new Chromium();
        PlaywrightAssertions.setDefaultAssertionTimeout(LONG_ENOUGH.toMillis());
    }

    @AfterAll
    void close() throws IOException {
        if (chromium != null) {
            chromium.close();
        }
        if (engine != null) {
            engine.close();
        }
        database.close();
    }

    @Test
    void whatWasTypedOutlivesTheEngineAndIsDoneOnce() {
        Person person = new Person(engine.url(), "olga", PASSWORD);
        String operation = person.start(
                        "version-upgrade",
                        Map.of("cluster", "training", "targetVersion", "2.2.16", "reason", "Security fixes"))
                .path("businessKey")
                .asText();
        String task = plan(person, operation);
        try (BrowserContext context = chromium.browser().newContext()) {
            Page olga = context.newPage();
            olga.setDefaultTimeout(LONG_ENOUGH.toMillis());
            olga.navigate(engine.url() + "/camunda/app/tasklist/default/#/?task=" + task);
            logIn(olga);
            olga.locator("[cam-tasklist-task-meta] .claim").click();
            olga.getByLabel("Decline").check();
            olga.getByLabel("Comment (optional)").fill(TYPED);
            assertThat(complete(olga)).isEnabled();

            engine.kill();
            complete(olga).click();
            assertThat(olga.locator(".notifications .alert").first()).isVisible();
            assertThat(olga.locator(".procedures-gone")).containsText("The engine");
            assertThat(olga.getByLabel("Comment (optional)")).hasValue(TYPED);
            engine.start();

            // The page begins anew by itself, and its session is over.
            logIn(olga);
            assertThat(olga.getByLabel("Comment (optional)")).hasValue(TYPED);
            assertThat(olga.getByLabel("Decline")).isChecked();
            Assertions.assertThat(completed(task)).isZero();
            complete(olga).click();
            assertThat(complete(olga)).hasCount(0);
        }
        Awaitility.await("the procedure ends").atMost(LONG_ENOUGH).until(() -> ended(operation));
        Assertions.assertThat(completed(task)).isEqualTo(1);
        Assertions.assertThat(jdbc.queryForList(
                        "select fields from decision where operation = ? and task = 'userTask_reviewPlan'",
                        String.class,
                        operation))
                .singleElement()
                .asString()
                .contains("it's fine");
    }

    private String plan(Person person, String operation) {
        return Awaitility.await("the plan")
                .atMost(LONG_ENOUGH)
                .until(() -> person.tasks(operation), found -> found.size() == 1)
                .get(0)
                .id();
    }

    private static void logIn(Page page) {
        page.getByPlaceholder("Username").fill("olga");
        page.getByPlaceholder("Password").fill(PASSWORD);
        page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log in"))
                .click();
    }

    private static Locator complete(Page page) {
        return page.locator(".task-card .form-actions button[ng-click='complete()']");
    }

    private int completed(String task) {
        return count("select count(*) from act_hi_taskinst where id_ = ? and end_time_ is not null", task);
    }

    private boolean ended(String operation) {
        return count("select count(*) from act_hi_procinst where business_key_ = ? and end_time_ is null", operation)
                == 0;
    }

    private int count(String query, String argument) {
        return jdbc.queryForObject(query, Integer.class, argument);
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>();
        settings.put("spring.datasource.url", database.getJdbcUrl("postgres", "postgres"));
        settings.put("spring.datasource.username", "postgres");
        settings.put("spring.datasource.password", "postgres");
        settings.put("procedures.language", "en");
        settings.put("procedures.security.admin-password", PASSWORD);
        for (Map.Entry<String, String> person : List.of(Map.entry("olga", "ops"), Map.entry("maria", "managers"))) {
            settings.put("procedures.security.users." + person.getKey() + ".password", PASSWORD);
            settings.put("procedures.security.users." + person.getKey() + ".groups", person.getValue());
        }
        settings.put("procedures.clusters.training.runtime", "rehearsal");
        settings.put("procedures.clusters.training.label", "Training");
        settings.put("procedures.clusters.training.policies.version-upgrade", "allowed");
        settings.put("procedures.clusters.training.rehearsal.time-scale", "50");
        return settings;
    }
}
