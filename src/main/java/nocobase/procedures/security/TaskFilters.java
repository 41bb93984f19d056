package nocobase.procedures.security;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.language.Messages;
import org.camunda.bpm.engine.FilterService;
import org.camunda.bpm.engine.TaskService;
import org.camunda.bpm.engine.filter.Filter;
import org.camunda.bpm.engine.task.TaskQuery;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** The lists in Tasklist, which shows nothing until there is one. Made what they should be at every start, by name. */
@Component
class TaskFilters {

    private static final Messages MESSAGES = Messages.of("security");
    private static final Logger LOG = LoggerFactory.getLogger(TaskFilters.class);

    private final FilterService filters;
    private final TaskService tasks;

    TaskFilters(FilterService filters, TaskService tasks) {
        this.filters = filters;
        this.tasks = tasks;
    }

    /**
     * Tasklist opens with the first one: what waits for the group, since nothing is claimed at first.
     *
     * @return ids of the filters that each role sees
     */
    Map<Role, List<String>> reconcile() {
        Map<Role, List<String>> seen = new EnumMap<>(Role.class);
        ensure(
                seen,
                "filter.group.",
                0,
                query().taskCandidateGroupInExpression("${currentUserGroups()}").includeAssignedTasks(),
                Role.OPS,
                Role.MANAGERS);
        ensure(seen, "filter.mine.", 10, query().taskAssigneeExpression("${currentUser()}"), Role.OPS, Role.MANAGERS);
        ensure(seen, "filter.all.", 20, query(), Role.MANAGERS);
        return seen;
    }

    /** What burns comes first. */
    private TaskQuery query() {
        return tasks.createTaskQuery()
                .orderByTaskPriority()
                .desc()
                .orderByDueDate()
                .asc();
    }

    private void ensure(Map<Role, List<String>> seen, String key, int rank, TaskQuery query, Role... roles) {
        String name = MESSAGES.text(key + "name");
        Filter filter = MESSAGES.everyText(key + "name").stream()
                .flatMap(known -> filters.createTaskFilterQuery().filterName(known).list().stream())
                .filter(candidate -> candidate.getOwner() == null)
                .findFirst()
                .orElse(null);
        if (filter == null) {
            LOG.info("Creating Tasklist filter \"{}\"", name);
            filter = filters.newTaskFilter(name);
        }
        filter.setName(name);
        filter.setQuery(query);
        filter.setProperties(Map.of(
                "description",
                MESSAGES.text(key + "description"),
                "priority",
                rank,
                "refresh",
                true,
                "showUndefinedVariable",
                false,
                "variables",
                // Variables of the task itself: those of the process ops may not read. TaskCreateListener sets them.
                List.of(
                        variable("downSinceShown", MESSAGES.text("filter.downSince")),
                        variable("operation", MESSAGES.text("filter.operation")))));
        String id = filters.saveFilter(filter).getId();
        for (Role role : roles) {
            seen.computeIfAbsent(role, ignored -> new ArrayList<>()).add(id);
        }
    }

    private static Map<String, Object> variable(String name, String label) {
        return Map.of("name", name, "label", label);
    }
}
