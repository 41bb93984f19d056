package nocobase.procedures.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import nocobase.procedures.language.Messages;

/** Whether another configured cluster selects containers of this one, by what the container engines really have. */
public final class SharedContainers {

    private static final Messages MESSAGES = Messages.of("cluster");

    private static final int PATIENCE = 5;

    private SharedContainers() {}

    /** One failed check for each other cluster that shares a container. */
    public static List<Check> check(Cluster cluster, Clusters all) {
        Set<String> ours = cluster.runtime().containers();
        List<Check> found = new ArrayList<>();
        for (Cluster other : all.all()) {
            boolean another = !other.name().equals(cluster.name());
            if (another && !ours.isEmpty() && !Collections.disjoint(ours, containers(other))) {
                found.add(
                        Check.fail(MESSAGES.text("shared.name"), text(cluster, other), MESSAGES.text("shared.remedy")));
            }
        }
        return found;
    }

    private static String text(Cluster cluster, Cluster other) {
        return MESSAGES.text("shared.found", cluster.name(), other.name());
    }

    /** The first two clusters that share one, of those whose container engines answer. */
    public static Optional<String> among(Clusters all) {
        List<Cluster> clusters = all.all();
        if (clusters.size() < 2) {
            return Optional.empty();
        }
        List<Set<String>> containers = soon(clusters);
        for (int one = 0; one < clusters.size(); one++) {
            for (int other = 0; other < one; other++) {
                if (!Collections.disjoint(containers.get(one), containers.get(other))) {
                    return Optional.of(
                            text(clusters.get(other), clusters.get(one)) + " " + MESSAGES.text("shared.remedy"));
                }
            }
        }
        return Optional.empty();
    }

    /** All are asked at the same time: whoever hangs keeps nobody from starting. */
    private static List<Set<String>> soon(List<Cluster> clusters) {
        List<CompletableFuture<Set<String>>> asked = clusters.stream()
                .map(cluster -> CompletableFuture.supplyAsync(() -> containers(cluster), SharedContainers::begin)
                        .completeOnTimeout(Set.of(), PATIENCE, TimeUnit.SECONDS))
                .toList();
        return asked.stream().map(CompletableFuture::join).toList();
    }

    private static void begin(Runnable question) {
        Thread thread = new Thread(question, "shared-containers");
        thread.setDaemon(true);
        thread.start();
    }

    /** Nothing where an engine does not answer: that its own cluster says. */
    private static Set<String> containers(Cluster cluster) {
        try {
            return cluster.runtime().containers();
        } catch (RuntimeException silent) {
            return Set.of();
        }
    }
}
