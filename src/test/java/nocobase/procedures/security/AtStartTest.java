package nocobase.procedures.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import nocobase.procedures.cluster.ProceduresProperties;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.FilterService;
import org.camunda.bpm.engine.IdentityService;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.Resources;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.mock.env.MockEnvironment;

/** What every start makes anew, and does not make twice. */
class AtStartTest extends SecuredEngine {

    @Autowired
    SecurityAtStart start;

    @Autowired
    AuthorizationService authorizations;

    @Autowired
    FilterService filters;

    @Autowired
    IdentityService identity;

    @Test
    void aSecondStartChangesNothing() {
        List<String> grants = grants();
        long users = identity.createUserQuery().count();

        start.run(null);

        assertThat(grants()).isEqualTo(grants);
        assertThat(filters.createFilterQuery().count()).isEqualTo(3);
        assertThat(identity.createUserQuery().count()).isEqualTo(users);
    }

    /** Until accounts and grants are made nobody can log in: whoever asks for the health then is told to wait. */
    @Test
    void healthyMeansReady(@Autowired ApplicationContext context) {
        assertThat(nobody().call("GET", "/actuator/health", null).statusCode()).isEqualTo(200);
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        try {
            assertThat(nobody().call("GET", "/actuator/health", null).statusCode())
                    .isEqualTo(503);
        } finally {
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
        }
    }

    @Test
    void aGrantTooMuchIsTakenAwayAndAMissingOneGivenBack() {
        List<String> grants = grants();
        Authorization tooMuch = authorizations.createNewAuthorization(Authorization.AUTH_TYPE_GRANT);
        tooMuch.setGroupId("ops");
        tooMuch.setResource(Resources.DEPLOYMENT);
        tooMuch.setResourceId("*");
        tooMuch.setPermissions(new Permissions[] {Permissions.CREATE});
        authorizations.saveAuthorization(tooMuch);
        Authorization changed = authorizations
                .createAuthorizationQuery()
                .groupIdIn("managers")
                .resourceType(Resources.PROCESS_DEFINITION)
                .singleResult();
        changed.addPermission(Permissions.DELETE_INSTANCE);
        authorizations.saveAuthorization(changed);
        authorizations
                .createAuthorizationQuery()
                .groupIdIn("ops")
                .resourceType(Resources.APPLICATION)
                .list()
                .forEach(missing -> authorizations.deleteAuthorization(missing.getId()));

        start.run(null);

        assertThat(grants()).isEqualTo(grants);
    }

    @Test
    void theRightsOnOpenTasksSurviveAStart() {
        String task = judgeTask("otto");

        start.run(null);

        assertThat(as("olga").status("POST", "/engine-rest/task/" + task + "/claim", "{\"userId\":\"olga\"}"))
                .isEqualTo(204);
    }

    @Test
    void aDemoAccountIsWhatWasAnnounced() {
        identity.createMembership("olga", "managers");
        identity.deleteMembership("maria", "managers");
        var user = identity.createUserQuery().userId("otto").singleResult();
        user.setPassword("a-changed-password");
        identity.saveUser(user);

        start.run(null);

        assertThat(identity.createGroupQuery().groupMember("olga").list()).hasSize(1);
        assertThat(identity.createGroupQuery().groupMember("maria").list()).hasSize(1);
        assertThat(as("otto").status("GET", "/engine-rest/engine", null)).isEqualTo(200);
    }

    @Test
    void tasklistShowsEachRoleItsLists() {
        assertThat(filterNames("olga")).containsExactly("My group's tasks", "My tasks");
        assertThat(filterNames("maria")).containsExactly("All tasks", "My group's tasks", "My tasks");
    }

    @Test
    void theListsHoldWhatTheirNamesSay() {
        String mine = judgeTask("otto");
        tasks.claim(mine, "olga");
        String ottos = judgeTask("otto");
        tasks.claim(ottos, "otto");
        String free = judgeTask("otto");

        assertThat(ids("olga", "My tasks")).contains(mine).doesNotContain(ottos, free);
        assertThat(ids("olga", "My group's tasks")).contains(mine, ottos, free);
        assertThat(ids("maria", "All tasks")).contains(mine, ottos, free);
        assertThat(ids("maria", "My group's tasks")).doesNotContain(mine, ottos, free);
    }

    @Test
    void outsideTheDemoItsAccountsGoAndOneAdministratorIsMadeOnce() {
        MockEnvironment production =
                new MockEnvironment().withProperty("spring.datasource.url", "jdbc:postgresql://db/procedures");
        SecuritySettings settings = settings(null, Map.of());
        Accounts accounts = new Accounts(
                identity, settings, new DemoAccounts(production, settings, new ProceduresProperties(null)));
        try {
            List<Account> announced = accounts.reconcile();

            assertThat(identity.createUserQuery()
                            .userIdIn("olga", "otto", "maria")
                            .count())
                    .isZero();
            assertThat(announced).singleElement().satisfies(admin -> {
                assertThat(admin.id()).isEqualTo("admin");
                assertThat(admin.password()).hasSize(20);
                assertThat(new Caller(port, "admin", admin.password()).status("GET", "/engine-rest/engine", null))
                        .isEqualTo(200);
            });
            assertThat(as("admin").status("GET", "/engine-rest/engine", null)).isEqualTo(401);
            assertThat(accounts.reconcile()).as("printed once").isEmpty();
        } finally {
            start.run(null);
        }
    }

    @Test
    void configuredAccountsComeChangeAndGoWithTheConfiguration() {
        var ada = new SecuritySettings.User("a-long-password", Set.of(Role.OPS), "Ada", null, "ada@example.org");
        var changed = new SecuritySettings.User("another-password", Set.of(Role.MANAGERS), "Ada", null, null);
        try {
            reconcile(settings("the-first-password", Map.of("ada", ada)));
            assertThat(new Caller(port, "ada", "a-long-password").status("GET", "/actuator/metrics", null))
                    .isEqualTo(403);
            assertThat(new Caller(port, "admin", "the-first-password").status("GET", "/engine-rest/engine", null))
                    .isEqualTo(200);

            reconcile(settings(null, Map.of("ada", changed)));
            assertThat(new Caller(port, "ada", "another-password").status("GET", "/actuator/metrics", null))
                    .isEqualTo(200);
            assertThat(new Caller(port, "admin", "the-first-password").status("GET", "/engine-rest/engine", null))
                    .as("the administrator stays when the password is taken out of the environment")
                    .isEqualTo(200);

            reconcile(settings(null, Map.of()));
            assertThat(identity.createUserQuery().userId("ada").count()).isZero();
        } finally {
            start.run(null);
        }
    }

    private void reconcile(SecuritySettings settings) {
        MockEnvironment production =
                new MockEnvironment().withProperty("spring.datasource.url", "jdbc:postgresql://db/procedures");
        new Accounts(identity, settings, new DemoAccounts(production, settings, new ProceduresProperties(null)))
                .reconcile();
    }

    private static SecuritySettings settings(String adminPassword, Map<String, SecuritySettings.User> users) {
        return new SecuritySettings("admin", adminPassword, users, false, false, null);
    }

    private List<String> ids(String user, String filter) {
        String id =
                filters.createFilterQuery().filterName(filter).singleResult().getId();
        return StreamSupport.stream(
                        as(user).get("/engine-rest/filter/" + id + "/list").spliterator(), false)
                .map(task -> task.path("id").asText())
                .toList();
    }

    private List<String> filterNames(String user) {
        return StreamSupport.stream(
                        as(user).get("/engine-rest/filter?sortBy=name&sortOrder=asc")
                                .spliterator(),
                        false)
                .map(filter -> filter.path("name").asText())
                .toList();
    }

    private List<String> grants() {
        return authorizations.createAuthorizationQuery().list().stream()
                .filter(grant -> grant.getGroupId() != null && grant.getResourceType() != Resources.TASK.resourceType())
                .map(grant -> grant.getGroupId() + " " + grant.getResourceType() + " " + grant.getResourceId() + " "
                        + List.of(grant.getPermissions(Permissions.values())))
                .sorted()
                .toList();
    }
}
