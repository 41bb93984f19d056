package nocobase.procedures.nocobase;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.Node;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.SubApplication;
import nocobase.procedures.cluster.SubApplicationsSeen;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.language.Messages;

/**
 * One round of questions to the sub-applications on one start of a node. A few at a time, because each one that starts takes
 * memory and the node's one thread; an engine that restarts begins the round anew.
 */
final class SubApplicationRound {

    private static final Messages MESSAGES = Messages.of("nocobase");

    /** The whole round; a start of the real NocoBase's takes 15 to 30 s each. */
    static final Duration LIMIT = Duration.ofMinutes(2);

    /** NocoBase writes a line into its log for each question that it does not answer with 200. */
    static final Duration PACE = Duration.ofSeconds(1);

    private static final int AT_ONCE = 3;

    private final NodeProbe probe;
    private final SubApplicationRecords records;
    private final Clock clock;
    private final Node node;
    private final Version version;
    private final Set<String> before;
    private final Instant begun;
    /** What remains to be asked, by name; null until the list was read. */
    private Map<String, SubApplication> open;

    /** Why the list cannot be read. */
    private String unread = "";

    private Instant lookedAt = Instant.MIN;
    private final List<String> answering = new ArrayList<>();
    private final Map<String, String> doubtful = new TreeMap<>();
    /** What each one said last. */
    private final Map<String, String> last = new LinkedHashMap<>();

    SubApplicationRound(
            NodeProbe probe,
            SubApplicationRecords records,
            Clock clock,
            Node node,
            Version version,
            Set<String> before) {
        this.probe = probe;
        this.records = records;
        this.clock = clock;
        this.node = node;
        this.version = version;
        this.before = new TreeSet<>(before);
        this.begun = clock.instant();
    }

    /** Whether this round is about the same start of the node and the same version. */
    boolean isOf(Node asked, Version wanted, Set<String> expected) {
        return asked.name().equals(node.name())
                && String.valueOf(asked.startedAt()).equals(String.valueOf(node.startedAt()))
                && wanted.equals(version)
                && before.equals(expected);
    }

    Progress<SubApplicationsSeen> look() {
        Instant now = clock.instant();
        if (!now.isBefore(lookedAt.plus(PACE))) {
            lookedAt = now;
            ask();
        }
        if (open != null && open.isEmpty()) {
            return Progress.done(new SubApplicationsSeen(answering, doubtful));
        }
        if (!now.isBefore(begun.plus(LIMIT))) {
            giveUp();
            return Progress.done(new SubApplicationsSeen(answering, doubtful));
        }
        return Progress.pending(open == null ? unread : said());
    }

    private String said() {
        return last.entrySet().stream()
                .map(entry -> MESSAGES.text("subApplications.waiting", Texts.shown(entry.getKey()), entry.getValue()))
                .collect(Collectors.joining("; "));
    }

    private void ask() {
        try {
            if (open == null) {
                open = begin();
            }
        } catch (SQLException failed) {
            unread = MESSAGES.text("subApplications.unreadList", shown(failed));
            before.forEach(name -> last.put(name, unread));
            return;
        }
        for (SubApplication application : open.values().stream().limit(AT_ONCE).toList()) {
            ask(application);
        }
    }

    /** Those that have been started before. One that had been, and whose row or data is gone, is not passed over. */
    private Map<String, SubApplication> begin() throws SQLException {
        Map<String, SubApplication> started = new LinkedHashMap<>();
        Set<String> missing = new TreeSet<>(before);
        for (SubApplication application : records.all()) {
            missing.remove(application.name());
            if (application.standalone()) {
                doubtful.put(application.name(), MESSAGES.text("subApplications.standalone"));
            } else if (before.contains(application.name())
                    || records.version(application).isPresent()) {
                started.put(application.name(), application);
            }
        }
        missing.forEach(name -> doubtful.put(name, MESSAGES.text("subApplications.noRow")));
        return started;
    }

    private void ask(SubApplication application) {
        String name = application.name();
        Health health = probe.health(node, name);
        if (health instanceof Health.Failed failed) {
            settle(name, MESSAGES.text("subApplications.failed", failed.code(), failed.message()));
        } else if (health instanceof Health.Busy busy) {
            last.put(name, busy.message());
        } else if (health instanceof Health.Stopped stopped) {
            last.put(name, stopped.message());
        } else if (health instanceof Health.Unreachable unreachable) {
            last.put(name, unreachable.reason());
        } else {
            prove(application);
        }
    }

    /** Its own answer tells the image's version, whatever became of its data. */
    private void prove(SubApplication application) {
        String name = application.name();
        Optional<NodeProbe.Information> told = probe.information(node, name);
        if (told.isEmpty() || told.get().version() == null) {
            last.put(name, MESSAGES.text("subApplications.notTold"));
        } else if (!told.get().name().equals(name)) {
            settle(name, MESSAGES.text("subApplications.notItself"));
        } else {
            compare(application, told.get().version());
        }
    }

    private void compare(SubApplication application, String told) {
        String name = application.name();
        try {
            Optional<String> recorded = records.version(application);
            if (told.equals(version.toString())
                    && recorded.filter(version.toString()::equals).isPresent()) {
                open.remove(name);
                last.remove(name);
                answering.add(name);
            } else {
                last.put(
                        name,
                        MESSAGES.text(
                                "subApplications.otherVersion",
                                Texts.shown(told),
                                recorded.map(Texts::shown)
                                        .orElseGet(() -> MESSAGES.text("subApplications.noVersion"))));
            }
        } catch (SQLException failed) {
            last.put(name, MESSAGES.text("subApplications.unread", shown(failed)));
        }
    }

    private void settle(String name, String seen) {
        open.remove(name);
        last.remove(name);
        doubtful.put(name, seen);
    }

    /** What is still open now is said as it was seen last. */
    private void giveUp() {
        Set<String> names = new TreeSet<>(last.keySet());
        if (open != null) {
            names.addAll(open.keySet());
        }
        for (String name : names) {
            String seen = last.getOrDefault(name, MESSAGES.text("subApplications.notAsked"));
            doubtful.put(name, MESSAGES.text("subApplications.inVain", LIMIT.toSeconds(), seen));
        }
        last.clear();
        open = new LinkedHashMap<>();
    }

    private static String shown(SQLException failed) {
        return Texts.shown(failed.getMessage(), Health.LONGEST);
    }
}
