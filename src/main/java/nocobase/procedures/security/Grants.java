package nocobase.procedures.security;

import static org.camunda.bpm.engine.authorization.Authorization.ANY;
import static org.camunda.bpm.engine.authorization.Authorization.AUTH_TYPE_GRANT;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.camunda.bpm.engine.AuthorizationService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.authorization.Authorization;
import org.camunda.bpm.engine.authorization.Groups;
import org.camunda.bpm.engine.authorization.Permission;
import org.camunda.bpm.engine.authorization.Permissions;
import org.camunda.bpm.engine.authorization.ProcessDefinitionPermissions;
import org.camunda.bpm.engine.authorization.Resource;
import org.camunda.bpm.engine.authorization.Resources;
import org.camunda.bpm.engine.impl.persistence.entity.AuthorizationEntity;
import org.camunda.bpm.engine.task.IdentityLinkType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The least that each role needs, made exactly so at every start: missing grants are added, others taken away. The rights
 * on a single task come from its candidate groups and are not touched here.
 */
@Component
class Grants {

    private static final Logger LOG = LoggerFactory.getLogger(Grants.class);

    private record Target(Resource resource, String id) {}

    private final AuthorizationService authorizations;

    private final TaskService tasks;

    Grants(AuthorizationService authorizations, TaskService tasks) {
        this.authorizations = authorizations;
        this.tasks = tasks;
    }

    /**
     * @param startable process ids that ops may start
     * @param filters ids of the Tasklist filters that each role sees
     */
    void reconcile(Collection<String> startable, Map<Role, List<String>> filters) {
        for (Role role : Role.values()) {
            Map<Target, Permission[]> wanted = switch (role) {
                case OPS -> ops(startable);
                case MANAGERS -> managers();
                case ADMINS -> admins();
            };
            filters.getOrDefault(role, List.of())
                    .forEach(filter -> grant(wanted, Resources.FILTER, filter, Permissions.READ));
            reconcile(role.group(), wanted);
        }
        // Membership only closes the setup page; the group itself grants nothing.
        reconcile(Groups.CAMUNDA_ADMIN, new LinkedHashMap<>());
        takeBackFromAssignees();
    }

    /** Earlier versions let the engine grant a claimed task to its assignee in his own name (see {@link TaskGrants}). */
    private void takeBackFromAssignees() {
        for (Authorization present : authorizations
                .createAuthorizationQuery()
                .resourceType(Resources.TASK)
                .unlimitedList()) {
            String user = present.getUserId();
            if (user != null && !isCandidate(user, present.getResourceId())) {
                LOG.info("Taking the grant on task {} from user {}", present.getResourceId(), user);
                authorizations.deleteAuthorization(present.getId());
            }
        }
    }

    private boolean isCandidate(String user, String task) {
        return tasks.createTaskQuery().taskId(task).count() > 0
                && tasks.getIdentityLinksForTask(task).stream()
                        .anyMatch(link ->
                                IdentityLinkType.CANDIDATE.equals(link.getType()) && user.equals(link.getUserId()));
    }

    private static Map<Target, Permission[]> ops(Collection<String> startable) {
        Map<Target, Permission[]> grants = new LinkedHashMap<>();
        applications(grants, "tasklist");
        // Reading the models: Tasklist shows name and diagram of a task's process, which may be a called fragment.
        grant(grants, Resources.PROCESS_DEFINITION, ANY, ProcessDefinitionPermissions.READ);
        for (String process : startable) {
            grant(
                    grants,
                    Resources.PROCESS_DEFINITION,
                    process,
                    ProcessDefinitionPermissions.READ,
                    ProcessDefinitionPermissions.CREATE_INSTANCE);
        }
        grant(grants, Resources.PROCESS_INSTANCE, ANY, Permissions.CREATE);
        return grants;
    }

    private static Map<Target, Permission[]> managers() {
        Map<Target, Permission[]> grants = new LinkedHashMap<>();
        applications(grants, "tasklist", "cockpit");
        grant(
                grants,
                Resources.PROCESS_DEFINITION,
                ANY,
                ProcessDefinitionPermissions.READ,
                ProcessDefinitionPermissions.READ_INSTANCE,
                ProcessDefinitionPermissions.READ_HISTORY,
                ProcessDefinitionPermissions.READ_TASK,
                ProcessDefinitionPermissions.TASK_ASSIGN);
        grant(grants, Resources.DEPLOYMENT, ANY, Permissions.READ);
        return grants;
    }

    private static Map<Target, Permission[]> admins() {
        Map<Target, Permission[]> grants = new LinkedHashMap<>();
        applications(grants, "admin", "cockpit");
        for (Resource resource : List.of(Resources.USER, Resources.GROUP, Resources.GROUP_MEMBERSHIP)) {
            grant(grants, resource, ANY, Permissions.ALL);
        }
        grant(grants, Resources.AUTHORIZATION, ANY, Permissions.READ);
        grant(
                grants,
                Resources.PROCESS_DEFINITION,
                ANY,
                ProcessDefinitionPermissions.READ,
                ProcessDefinitionPermissions.READ_INSTANCE,
                ProcessDefinitionPermissions.READ_HISTORY,
                ProcessDefinitionPermissions.READ_TASK,
                ProcessDefinitionPermissions.RETRY_JOB,
                ProcessDefinitionPermissions.DELETE_INSTANCE);
        grant(grants, Resources.DEPLOYMENT, ANY, Permissions.READ);
        return grants;
    }

    private static void applications(Map<Target, Permission[]> grants, String... names) {
        grant(grants, Resources.APPLICATION, "welcome", Permissions.ACCESS);
        for (String name : names) {
            grant(grants, Resources.APPLICATION, name, Permissions.ACCESS);
        }
    }

    private static void grant(
            Map<Target, Permission[]> grants, Resource resource, String id, Permission... permissions) {
        grants.put(new Target(resource, id), permissions);
    }

    private void reconcile(String group, Map<Target, Permission[]> wanted) {
        grant(wanted, Resources.GROUP, group, Permissions.READ);
        List<Target> missing = new ArrayList<>(wanted.keySet());
        for (Authorization present :
                authorizations.createAuthorizationQuery().groupIdIn(group).unlimitedList()) {
            if (isOfATask(present)) {
                continue;
            }
            Target target = wanted.keySet().stream()
                    .filter(key -> key.resource().resourceType() == present.getResourceType()
                            && key.id().equals(present.getResourceId()))
                    .findFirst()
                    .orElse(null);
            if (target != null && bits(present) == bits(newGrant(group, target, wanted.get(target)))) {
                missing.remove(target);
            } else {
                LOG.info(
                        "Taking a grant from group {}: resource type {} \"{}\"",
                        group,
                        present.getResourceType(),
                        present.getResourceId());
                authorizations.deleteAuthorization(present.getId());
            }
        }
        if (!missing.isEmpty()) {
            LOG.info("Granting group {}: {}", group, shown(missing, wanted));
        }
        for (Target target : missing) {
            authorizations.saveAuthorization(newGrant(group, target, wanted.get(target)));
        }
    }

    private static String shown(List<Target> targets, Map<Target, Permission[]> wanted) {
        return targets.stream()
                .map(target -> target.resource().resourceName() + " \"" + target.id() + "\" "
                        + Arrays.toString(wanted.get(target)))
                .collect(Collectors.joining("; "));
    }

    private Authorization newGrant(String group, Target target, Permission[] permissions) {
        Authorization grant = authorizations.createNewAuthorization(AUTH_TYPE_GRANT);
        grant.setGroupId(group);
        grant.setResource(target.resource());
        grant.setResourceId(target.id());
        grant.setPermissions(permissions);
        return grant;
    }

    private static boolean isOfATask(Authorization authorization) {
        return authorization.getResourceType() == Resources.TASK.resourceType()
                || authorization.getResourceType() == Resources.HISTORIC_TASK.resourceType();
    }

    private static int bits(Authorization authorization) {
        return authorization.getAuthorizationType() == AUTH_TYPE_GRANT
                ? ((AuthorizationEntity) authorization).getPermissions()
                : -1;
    }
}
