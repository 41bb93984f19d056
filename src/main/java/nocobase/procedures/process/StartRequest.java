package nocobase.procedures.process;

import java.time.Clock;
import java.util.Optional;
import java.util.regex.Pattern;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Policy;
import nocobase.procedures.cluster.UnknownClusterException;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;
import nocobase.procedures.security.Refusal;
import org.camunda.bpm.engine.delegate.DelegateExecution;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a person asks for in a start form, checked before anything is touched. Every refusal names the field and what is
 * expected.
 *
 * @param target the version to upgrade to, or null where the procedure switches no version
 * @param window the maintenance window, or null to begin at once
 */
public record StartRequest(Cluster cluster, String procedure, Version target, String reason, MaintenanceWindow window) {

    private static final Messages MESSAGES = Messages.of("process");
    private static final Logger LOG = LoggerFactory.getLogger(StartRequest.class);
    private static final int LONGEST_REASON = 500;
    /** Lines and tabs are what people write; whoever shows a reason shows it as text. */
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\r\\n\\t]]");

    /** @throws org.camunda.bpm.engine.ProcessEngineException with a refusal */
    public static StartRequest read(DelegateExecution execution, String procedure, Clusters clusters, Clock clock) {
        Cluster cluster = cluster(text(execution, Variables.CLUSTER), clusters);
        requireAllowed(cluster, procedure);
        requireNodes(cluster);
        Version target = procedure.equals(ProcessKeys.VERSION_UPGRADE) ? target(execution, cluster) : null;
        String reason = reason(text(execution, Variables.REASON));
        MaintenanceWindow window = MaintenanceWindow.read(
                execution.getVariable(Variables.WINDOW), execution.getVariable(Variables.WINDOW_END), clock);
        requireWindowIfMeant(execution.getVariable("begin"), window);
        return new StartRequest(cluster, procedure, target, reason, window);
    }

    private static Cluster cluster(String name, Clusters clusters) {
        if (name.isBlank()) {
            throw Refusal.badInput(MESSAGES.text("start.noCluster"));
        }
        try {
            return clusters.find(name);
        } catch (UnknownClusterException e) {
            throw Refusal.badInput(e.getMessage());
        }
    }

    private static void requireAllowed(Cluster cluster, String procedure) {
        if (cluster.settings().policy(procedure) == Policy.PROHIBITED) {
            throw Refusal.badInput(
                    MESSAGES.text("start.prohibited", procedure, cluster.name(), ShownNames.ofProcess(procedure)));
        }
    }

    private static Version target(DelegateExecution execution, Cluster cluster) {
        Version target;
        try {
            target = Version.parse(text(execution, Variables.TARGET_VERSION));
        } catch (IllegalArgumentException e) {
            throw Refusal.badInput(MESSAGES.text("start.targetVersion", e.getMessage()));
        }
        recordedVersion(cluster).ifPresent(recorded -> requireAbove(target, recorded, cluster));
        return target;
    }

    private static void requireAbove(Version target, Version recorded, Cluster cluster) {
        if (target.equals(recorded)) {
            throw Refusal.badInput(MESSAGES.text("start.sameVersion", cluster.name(), recorded));
        }
        if (target.isBelow(recorded)) {
            throw Refusal.badInput(MESSAGES.text("start.below", target, recorded, cluster.name()));
        }
    }

    /** Only a quick look: a database that does not answer now is a matter of the preconditions. */
    private static Optional<Version> recordedVersion(Cluster cluster) {
        try {
            return cluster.application().recordedVersion();
        } catch (RuntimeException e) {
            LOG.info("The version of {} cannot be read at the start: {}", cluster.name(), e.getMessage());
            return Optional.empty();
        }
    }

    private static void requireNodes(Cluster cluster) {
        boolean empty;
        try {
            empty = cluster.runtime().observe().nodes().isEmpty();
        } catch (RuntimeException e) {
            LOG.info("The nodes of {} cannot be seen at the start: {}", cluster.name(), e.getMessage());
            return;
        }
        if (empty) {
            throw Refusal.badInput(MESSAGES.text("start.noNode", cluster.name()));
        }
    }

    /** @throws org.camunda.bpm.engine.ProcessEngineException with a refusal */
    public static String reason(String reason) {
        if (reason == null || reason.isBlank()) {
            throw Refusal.badInput(MESSAGES.text("reason.missing"));
        }
        String stripped = reason.strip();
        if (stripped.length() > LONGEST_REASON) {
            throw Refusal.badInput(MESSAGES.text("reason.tooLong", LONGEST_REASON, stripped.length()));
        }
        if (CONTROL.matcher(stripped).find()) {
            throw Refusal.badInput(MESSAGES.text("reason.control"));
        }
        return stripped;
    }

    /** The browser sends no moment at all for a date without a time: that must not begin at once. */
    private static void requireWindowIfMeant(Object begin, MaintenanceWindow window) {
        if ("window".equals(begin) && window == null) {
            throw Refusal.badInput(MESSAGES.text("window.half"));
        }
    }

    private static String text(DelegateExecution execution, String field) {
        Object value = execution.getVariable(field);
        if (value != null && !(value instanceof String)) {
            throw Refusal.badInput(MESSAGES.text("start.textExpected", field));
        }
        return value == null ? "" : (String) value;
    }
}
