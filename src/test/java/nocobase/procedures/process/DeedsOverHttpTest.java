package nocobase.procedures.process;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.post;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.content;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.header;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.jsonPath;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

import jakarta.servlet.Filter;
import java.time.Duration;
import java.util.Map;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.identity.User;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.ResultActions;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

/** Our own pages' interface as it is, behind its real doors: what a deed answers, and what an evidence pack comes as. */
@ProcessTest
class DeedsOverHttpTest extends ProcedureScenario {

    private static final String PASSWORD = "a-long-password";

    @Autowired
    private WebApplicationContext context;

    @Autowired
    private IdentityService identity;

    private MockMvc http;

    @BeforeEach
    void people() {
        http = MockMvcBuilders.webAppContextSetup(context)
                .addFilters(context.getBean("springSecurityFilterChain", Filter.class))
                .build();
        account("olga", "ops");
        account("otto", "ops");
        account("maria", "managers");
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of(
                        "cluster",
                        "alpha",
                        "targetVersion",
                        "2.2.16",
                        "reason",
                        "security fix",
                        "window",
                        "2099-02-01T22:00:00Z"));
        driver.run();
    }

    @AfterEach
    void gone() {
        identity.deleteUser("olga");
        identity.deleteUser("otto");
        identity.deleteUser("maria");
    }

    @Test
    void aDeedThatIsNotYoursIsRefusedWithTheReason() throws Exception {
        accept();
        deed("otto", "cancel", operation(), "Not mine")
                .andExpect(status().isForbidden())
                .andExpect(jsonPath("$.message", containsString("Only olga")));
        deed("maria", "cancel", operation(), "Not hers").andExpect(status().isForbidden());
        deed("olga", "break", operation(), "No manager").andExpect(status().isForbidden());
    }

    @Test
    void aDeedThatComesTooLateIsAConflict() throws Exception {
        deed("olga", "cancel", operation(), "Waits for the plan, not for its window")
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.message", containsString("no longer waits")));
        deed("olga", "cancel", "alpha-00000000", "Another one")
                .andExpect(status().isConflict())
                .andExpect(jsonPath("$.message", containsString("alpha-00000000 no longer runs")));
    }

    /** Nothing of a procedure that is planned beside another one would be seen but its task. */
    @Test
    void whateverIsPlannedIsShown() throws Exception {
        accept();
        String first = operation();
        startInWindow("2.2.17");
        http.perform(as("olga", get("/api/status")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.clusters[?(@.name == 'alpha')].procedure.claim.operation", hasItem(first)))
                .andExpect(jsonPath("$.clusters[?(@.name == 'alpha')].planned.length()", hasItem(1)))
                .andExpect(
                        jsonPath("$.clusters[?(@.name == 'alpha')].planned[0].claim.operation", hasItem(operation())))
                .andExpect(jsonPath("$.clusters[?(@.name == 'alpha')].planned[0].targetVersion", hasItem("2.2.17")))
                .andExpect(jsonPath("$.clusters[?(@.name == 'alpha')].planned[0].window", hasItem(notNullValue())));
    }

    @Test
    void badInputIsCalledSo() throws Exception {
        accept();
        deed("maria", "break", operation(), " ")
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.message", containsString("A reason is expected")));
        deed("olga", "cancel", operation(), "a\\u0007b")
                .andExpect(status().isBadRequest())
                .andExpect(jsonPath("$.message", containsString("control characters are not accepted")));
        http.perform(as("olga", post("/api/clusters/alpha/cancel"))
                        .contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .content("operation=x"))
                .andExpect(status().isUnsupportedMediaType());
    }

    @Test
    void theStarterCancelsAndThePackIsThereToReadAndToKeep() throws Exception {
        accept();
        String operation = operation();
        http.perform(as("olga", get("/api/status")))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.person").value("olga"))
                .andExpect(jsonPath("$.clusters[?(@.name == 'alpha')].may[*]", hasItem("CANCEL")));
        deed("olga", "cancel", operation, "Another date")
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.message").value("Cancelled. Nothing was touched."));
        driver.run();

        http.perform(as("otto", get("/evidence/" + operation)))
                .andExpect(status().isOk())
                .andExpect(header().string(HttpHeaders.CONTENT_DISPOSITION, containsString("inline")))
                .andExpect(header().string("Content-Security-Policy", containsString("default-src 'none'")))
                .andExpect(content().string(containsString("Upgrade refused")));
        http.perform(as("otto", get("/evidence/" + operation + "?download")))
                .andExpect(status().isOk())
                .andExpect(header().string(
                                HttpHeaders.CONTENT_DISPOSITION,
                                "attachment; filename=\"evidence-" + operation + ".html\""));
        http.perform(as("otto", get("/evidence/")))
                .andExpect(status().isOk())
                .andExpect(content().string(containsString("href=\"/evidence/" + operation + "\"")));
        http.perform(as("otto", get("/evidence/alpha-00000000"))).andExpect(status().isNotFound());
        http.perform(as("otto", get("/api/procedures/" + instance)))
                .andExpect(status().isOk())
                .andExpect(jsonPath("$.pack.decisions[0].answers[*].question", hasItem("Target version")))
                .andExpect(jsonPath("$.pack.remarks[*].text", hasItem(containsString("olga claimed \"Review plan"))));
        http.perform(as("otto", get("/api/procedures/4711"))).andExpect(status().isNotFound());
    }

    private ResultActions deed(String person, String deed, String operation, String reason) throws Exception {
        return http.perform(as(person, post("/api/clusters/alpha/" + deed))
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"operation\":\"%s\",\"reason\":\"%s\"}".formatted(operation, reason)));
    }

    private static MockHttpServletRequestBuilder as(String person, MockHttpServletRequestBuilder request) {
        return request.headers(new HttpHeaders(org.springframework.util.CollectionUtils.toMultiValueMap(Map.of(
                HttpHeaders.AUTHORIZATION,
                java.util.List.of("Basic " + HttpHeaders.encodeBasicAuth(person, PASSWORD, null))))));
    }

    private void account(String id, String group) {
        User known = identity.createUserQuery().userId(id).singleResult();
        User user = known == null ? identity.newUser(id) : known;
        user.setPassword(PASSWORD);
        identity.saveUser(user);
        if (identity.createUserQuery().userId(id).memberOfGroup(group).count() == 0) {
            identity.createMembership(id, group);
        }
    }

    private void startInWindow(String version) {
        instance = driver.start(
                "olga",
                "version-upgrade",
                Map.of(
                        "cluster",
                        "alpha",
                        "targetVersion",
                        version,
                        "reason",
                        "needed",
                        "window",
                        clock.instant().plus(Duration.ofHours(1)).toString()));
        driver.run();
    }
}
