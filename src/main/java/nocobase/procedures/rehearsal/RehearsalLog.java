package nocobase.procedures.rehearsal;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import nocobase.procedures.rehearsal.SimulatedNode.Phase;

/** What a node's log says, made up from where the node is; the wording follows a real node's. */
final class RehearsalLog {

    /** One more than are recorded: the preset itself. */
    static final int PLUGINS = SimulatedPlugins.BUILT_IN.size() + 1;

    private RehearsalLog() {}

    /** The message of the 503 answer: "load plugin [users], 46/77". */
    static String busy(SimulatedNode node, Instant now) {
        int loaded = loaded(node, now);
        return "load plugin [" + pluginName(loaded) + "], " + loaded + "/" + PLUGINS;
    }

    static String tail(SimulatedNode node, Pace pace, Instant now, int lines) {
        List<String> all = all(node, pace, now);
        return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    }

    private static List<String> all(SimulatedNode node, Pace pace, Instant now) {
        List<String> log = new ArrayList<>();
        if (node.startedAt == null) {
            return log;
        }
        log.add(line(node.startedAt, "info", "$ nocobase start --quickstart (NocoBase " + node.version + ")"));
        Instant booted = pace.after(node.startedAt, Pace.BOOT);
        if (!booted.isAfter(now)) {
            afterBoot(node, now, log, booted);
        }
        if (node.phase == Phase.STOPPING || node.phase == Phase.STOPPED) {
            log.add(line(node.since, "info", node.phase == Phase.STOPPED ? "app has stopped" : "app is stopping"));
        }
        return log;
    }

    private static void afterBoot(SimulatedNode node, Instant now, List<String> log, Instant booted) {
        if (node.phase == Phase.ENDED && node.message.contains(Failures.LAST_NODE_CAUSE)) {
            log.add(line(booted, "error", Failures.LAST_NODE_CAUSE));
            log.add(line(booted, "error", "PM2: script exited with code 1, exiting"));
            return;
        }
        log.add(line(booted, "info", "database connection established"));
        for (int plugin = 1; plugin <= loaded(node, now); plugin++) {
            log.add(line(booted, "info", "load plugin [" + pluginName(plugin) + "], " + plugin + "/" + PLUGINS));
        }
        if (node.phase == Phase.ERROR) {
            log.add(line(node.since, "error", "APP_ERROR " + node.message));
            log.add(line(node.since, "error", "    at Umzug.runCommand (node_modules/umzug/lib/umzug.js:253:24)"));
        } else if (node.phase == Phase.ENDED) {
            log.add(line(node.since, "error", "Killed"));
        } else if (node.phase == Phase.READY) {
            log.add(line(node.since, "info", "app has been started"));
        } else if (node.phase == Phase.CHANGING_PLUGINS) {
            log.add(line(node.since, "info", "running command: pm " + node.change.key()));
        }
    }

    private static int loaded(SimulatedNode node, Instant now) {
        return switch (node.phase) {
            case READY, CHANGING_PLUGINS, STOPPING, STOPPED -> PLUGINS;
            case ERROR, ENDED -> 61;
            default -> share(node, now);
        };
    }

    private static int share(SimulatedNode node, Instant now) {
        if (node.ends == null) {
            return 61;
        }
        long whole = Math.max(1, ChronoUnit.MILLIS.between(node.since, node.ends));
        long passed = Math.max(0, ChronoUnit.MILLIS.between(node.since, now));
        return (int) Math.max(1, Math.min(PLUGINS, PLUGINS * passed / whole));
    }

    private static String pluginName(int number) {
        return SimulatedPlugins.BUILT_IN.get(number % SimulatedPlugins.BUILT_IN.size());
    }

    private static String line(Instant at, String level, String text) {
        return at.truncatedTo(ChronoUnit.MILLIS) + " [" + level + "] " + text;
    }
}
