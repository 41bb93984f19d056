package nocobase.procedures.rehearsal;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.language.Messages;
import nocobase.procedures.rehearsal.SimulatedNode.Next;
import nocobase.procedures.rehearsal.SimulatedNode.Phase;
import nocobase.procedures.rehearsal.WorldState.Aside;
import nocobase.procedures.rehearsal.WorldState.SimulatedRestore;

/**
 * The laws of the simulated world: brings it from the moment it was last looked at to now, one due event after the other
 * in the order of their times, as if it had been running all along.
 */
record Simulation(Pace pace) {

    private static final Messages MESSAGES = Messages.of("rehearsal");

    /** Something that happens by itself at a moment. */
    private record Due(Instant at, Runnable effect) {}

    void advance(WorldState world, Instant now) {
        for (Optional<Due> due = nextDue(world, now); due.isPresent(); due = nextDue(world, now)) {
            due.get().effect().run();
        }
    }

    private Optional<Due> nextDue(WorldState world, Instant now) {
        Stream<Due> nodes = world.nodes.stream()
                .filter(node -> node.ends != null)
                .map(node -> new Due(node.ends, () -> phaseEnds(world, node, node.ends)));
        Stream<Due> restores = world.restores.entrySet().stream()
                .filter(restore -> !restore.getValue().applied()
                        && restore.getValue().work().failure() == null)
                .map(restore -> new Due(restore.getValue().work().ends(), () -> restored(world, restore)));
        return Stream.concat(nodes, restores)
                .filter(due -> !due.at().isAfter(now))
                .min(Comparator.comparing(Due::at));
    }

    /** A node's container is started. */
    void start(WorldState world, SimulatedNode node, Instant now) {
        node.startedAt = now;
        node.message = "";
        node.unreported = null;
        node.enter(Phase.BOOTING, now, pace.after(now, Pace.BOOT), Next.BOOTED);
        world.happened(now, "start " + node.name + " " + node.version);
        disturbClones(world, node, now);
        disturbRestores(world, node, now);
        if (world.database.version() != null && node.version.isBelow(world.database.version())) {
            world.violated(
                    now,
                    node.name + " " + node.version + " was started on a database of version "
                            + world.database.version());
        }
    }

    /** A node's container is asked to stop. */
    void stop(WorldState world, SimulatedNode node, boolean refuses, Instant now) {
        world.happened(now, "stop " + node.name);
        if (world.route.nodes().contains(node.name) && node.phase == Phase.READY) {
            world.violated(now, node.name + " was stopped while clients were routed to it");
        }
        int open = world.openRequests(node.name, now);
        if (open > 0) {
            world.violated(now, node.name + " was stopped while " + open + " requests to it were open");
        }
        world.openRequests.remove(node.name);
        interrupted(world, node);
        if (refuses) {
            node.enter(Phase.STOPPING, now, pace.after(now, Pace.STOP_REFUSED), Next.STOP_REFUSED);
        } else {
            node.enter(Phase.STOPPING, now, pace.after(now, Pace.STOP), Next.STOPPED);
        }
    }

    /** A node's container is killed from outside. */
    void kill(WorldState world, SimulatedNode node, Instant now) {
        node.message = MESSAGES.text("node.killed");
        ended(world, node, now);
    }

    /** NocoBase's own plugin command on a node. */
    void change(WorldState world, SimulatedNode node, PluginChange change, Instant now) {
        world.happened(now, node.name + " " + change.key());
        world.running().stream()
                .filter(other -> other != node)
                .forEach(other ->
                        world.violated(now, "plugins were changed on " + node.name + " while " + other.name + " ran"));
        node.change = change;
        node.enter(Phase.CHANGING_PLUGINS, now, pace.after(now, Pace.PLUGIN_CHANGE), Next.PLUGINS_CHANGED);
    }

    private void pluginsChanged(WorldState world, SimulatedNode node, Instant at) {
        PluginChange change = node.change;
        node.change = null;
        node.rest(Phase.READY, at, "");
        boolean unknown = !change.kind().needsSource()
                && SimulatedPlugins.find(world, change.name()).isEmpty();
        boolean breaks = change.kind() == PluginChange.Kind.ENABLE && SimulatedPlugins.broken(change.name());
        if (unknown || breaks || world.strikes(RehearsalFault.PLUGIN_CHANGE_FAILS_ONCE)) {
            node.changeFailure = Failures.pluginChange(node.name, change, unknown);
            world.happened(at, node.name + " " + change.key() + " failed");
            return;
        }
        SimulatedPlugins.apply(world, change);
        node.load(SimulatedPlugins.enabled(world.database));
        world.happened(at, node.name + " " + change.key() + " done");
    }

    /** What was under way on a node ends with its container; an installation leaves tables without a version. */
    private static void interrupted(WorldState world, SimulatedNode node) {
        if (node.phase == Phase.INSTALLING) {
            world.database = world.database.halfInstalled();
        }
        node.change = null;
    }

    private void phaseEnds(WorldState world, SimulatedNode node, Instant at) {
        switch (node.next) {
            case STOPPED -> {
                node.rest(Phase.STOPPED, at, "");
                world.happened(at, node.name + " stopped");
            }
            case STOP_REFUSED -> stopRefused(world, node, at);
            case BOOTED -> booted(world, node, at);
            case FINISHED -> finished(world, node, at);
            case PLUGINS_CHANGED -> pluginsChanged(world, node, at);
            case BROKEN -> broken(world, node, at);
            case ENDED -> ended(world, node, at);
            case NOTHING -> throw new IllegalStateException("A lasting phase of " + node.name + " has an end.");
        }
    }

    private void stopRefused(WorldState world, SimulatedNode node, Instant at) {
        node.rest(Phase.READY, at, "");
        node.unreported = Failures.stopRefused(node.name);
        world.happened(at, node.name + " did not stop");
    }

    /** NocoBase looks into the database and decides whether it installs, upgrades, or just loads. */
    private void booted(WorldState world, SimulatedNode node, Instant at) {
        if (world.last(node) && lastNodeEnds(world, node)) {
            node.message = MESSAGES.text("node.ended", Failures.LAST_NODE_CAUSE);
            ended(world, node, at);
        } else if (world.database.damage() != null) {
            error(world, node, at, world.database.damage());
        } else if (world.first(node) && firstNodeFails(world, node)) {
            error(world, node, at, Failures.FIRST_NODE_CAUSE);
        } else if (node.version.equals(world.database.version())) {
            load(world, node, at);
        } else {
            changeDatabase(world, node, at);
        }
    }

    private boolean lastNodeEnds(WorldState world, SimulatedNode node) {
        boolean onTarget = node.version.equals(world.target);
        return world.strikes(RehearsalFault.LAST_NODE_ENDS, node.version)
                || world.strikes(RehearsalFault.LAST_NODE_ENDS_ONCE, node.version)
                || (!onTarget && world.strikes(RehearsalFault.PREVIOUS_LAST_NODE_ENDS));
    }

    private boolean firstNodeFails(WorldState world, SimulatedNode node) {
        boolean onTarget = node.version.equals(world.target);
        return world.strikes(RehearsalFault.FIRST_NODE_FAILS_ONCE, node.version)
                || (!onTarget && world.strikes(RehearsalFault.PREVIOUS_VERSION_FAILS_ONCE));
    }

    private void load(WorldState world, SimulatedNode node, Instant at) {
        if (world.database.fresh() && world.nodes.stream().anyMatch(other -> other.phase == Phase.LOADING)) {
            world.violated(at, node.name + " raced with another node in the first start after the installation");
            error(world, node, at, Failures.RACE_CAUSE);
            return;
        }
        boolean othersReady = world.nodes.stream().anyMatch(other -> other.phase == Phase.READY);
        Duration rest = othersReady ? Pace.JOIN : Pace.RESTART;
        node.enter(Phase.LOADING, at, pace.after(at, rest), Next.FINISHED);
    }

    private void changeDatabase(WorldState world, SimulatedNode node, Instant at) {
        if (world.nodes.stream().anyMatch(SimulatedNode::changesDatabase)) {
            world.violated(at, node.name + " raced with another node in installing or upgrading the database");
            error(world, node, at, Failures.RACE_CAUSE);
            return;
        }
        world.nodes.stream()
                .filter(other -> other.phase == Phase.READY && !other.version.equals(node.version))
                .forEach(other -> world.violated(
                        at, node.name + " upgrades the database while " + other.name + " runs " + other.version));
        world.restorePoints.values().stream()
                .filter(point -> point.online && point.dump.pending(at))
                .forEach(point -> world.violated(
                        at, node.name + " changes the database while restore point " + point.id + " is taken online"));
        Phase phase = world.database.version() == null ? Phase.INSTALLING : Phase.UPGRADING;
        Instant faultAt = pace.after(at, Pace.UPGRADE_UNTIL_FAULT);
        if (world.strikes(RehearsalFault.UPGRADE_BREAKS, node.version)) {
            node.enter(phase, at, faultAt, Next.BROKEN);
        } else if (world.strikes(RehearsalFault.NEVER_READY, node.version)) {
            node.enter(phase, at, null, Next.NOTHING);
        } else if (world.strikes(RehearsalFault.FIRST_NODE_DIES_ONCE, node.version)) {
            node.message = MESSAGES.text("node.memory");
            node.enter(phase, at, faultAt, Next.ENDED);
        } else {
            node.enter(phase, at, pace.after(at, Pace.UPGRADE), Next.FINISHED);
        }
    }

    private void finished(WorldState world, SimulatedNode node, Instant at) {
        SimulatedDatabase before = world.database;
        world.database = before.startedBy(node.version);
        node.rest(Phase.READY, at, "");
        node.load(SimulatedPlugins.enabled(world.database));
        if (world.last(node) && world.strikes(RehearsalFault.LAST_NODE_LACKS_PLUGIN_ONCE, node.version)) {
            node.load(node.loaded().subList(0, node.loaded().size() - 1));
        }
        if (!Objects.equals(before.version(), node.version)) {
            world.happened(
                    at, "database " + (before.version() == null ? "empty" : before.version()) + " -> " + node.version);
        }
        world.happened(at, node.name + " ready");
    }

    private void broken(WorldState world, SimulatedNode node, Instant at) {
        world.database = world.database.brokenBy(node.version, Failures.migrationCause(node.version));
        error(world, node, at, Failures.migrationCause(node.version));
    }

    private void error(WorldState world, SimulatedNode node, Instant at, String message) {
        node.rest(Phase.ERROR, at, message);
        world.happened(at, node.name + " APP_ERROR");
    }

    private void ended(WorldState world, SimulatedNode node, Instant at) {
        interrupted(world, node);
        node.rest(Phase.ENDED, at, node.message);
        node.unreported = Failures.ended(node, RehearsalLog.tail(node, pace, at, Failures.LOG_LINES));
        world.happened(at, node.name + " ended by itself");
    }

    private void disturbClones(WorldState world, SimulatedNode node, Instant now) {
        world.restorePoints.values().stream()
                .filter(point -> point.clone != null && point.clone.pending(now))
                .forEach(point -> {
                    world.violated(now, node.name + " was started while the database was being cloned");
                    point.clone = point.clone.failingAt(now, Failures.sessions(node.name));
                });
    }

    private void disturbRestores(WorldState world, SimulatedNode node, Instant now) {
        world.restores.replaceAll((operation, restore) -> {
            if (restore.applied() || !restore.work().pending(now)) {
                return restore;
            }
            world.violated(now, node.name + " was started while the database was being restored");
            Failure why = Failures.sessions(node.name);
            return new SimulatedRestore(restore.restorePoint(), restore.work().failingAt(now, why), false);
        });
    }

    private void restored(WorldState world, Map.Entry<String, SimulatedRestore> entry) {
        SimulatedRestore restore = entry.getValue();
        SimulatedRestorePoint point = world.restorePoints.get(restore.restorePoint());
        Instant at = restore.work().ends();
        String operation = entry.getKey().split(" ")[0];
        String suffix = (entry.getKey().equals(operation) ? "_failed_" : "_before_") + shortId(operation);
        world.asides.add(new Aside(operation, Holding.Kind.DATABASE, SimulatedDatabase.NAME + suffix, at));
        world.asides.add(new Aside(operation, Holding.Kind.STORAGE, ".replaced-" + shortId(operation), at));
        world.database = point.content;
        // What has no durable copy yet is restored from a copy of its clone, and so stays good.
        point.cloneGone = point.cloneGone || point.secured(at);
        entry.setValue(new SimulatedRestore(restore.restorePoint(), restore.work(), true));
        world.happened(at, "database restored to " + point.content.version());
    }

    static String shortId(String operation) {
        return operation.substring(operation.length() - 8);
    }
}
