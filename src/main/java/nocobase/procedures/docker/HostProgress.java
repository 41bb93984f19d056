package nocobase.procedures.docker;

import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import nocobase.procedures.cluster.ClusterState;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.Image;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.language.Messages;

/** The progress of several hosts as one: failed if one failed, done when all are. */
final class HostProgress {

    private static final Messages MESSAGES = Messages.of("docker");

    private HostProgress() {}

    static Progress<ClusterState> states(List<Progress<ClusterState>> hosts, Instant now) {
        return all(hosts)
                .then(states -> Progress.done(new ClusterState(
                        states.stream().flatMap(state -> state.nodes().stream()).toList(), now)));
    }

    /** The image must be the same everywhere: a tag may have been loaded by hand on one host. */
    static Progress<Image> images(List<Progress<Image>> hosts, List<String> names) {
        return all(hosts).then(images -> {
            for (int i = 1; i < images.size(); i++) {
                if (!images.get(i).id().equals(images.get(0).id())) {
                    return Progress.failed(Failure.of(
                            MESSAGES, "image.differs.", images.get(0).reference(), names.get(0), names.get(i)));
                }
            }
            return Progress.done(images.get(0));
        });
    }

    private static <T> Progress<List<T>> all(List<Progress<T>> hosts) {
        for (Progress<T> host : hosts) {
            if (host instanceof Progress.Failed<T> failed) {
                return Progress.failed(failed.failure());
            }
        }
        String pending = hosts.stream()
                .filter(Progress.Pending.class::isInstance)
                .map(host -> ((Progress.Pending<T>) host).text())
                .distinct()
                .collect(Collectors.joining("; "));
        if (!pending.isEmpty() || hosts.stream().anyMatch(Progress.Pending.class::isInstance)) {
            return Progress.pending(pending);
        }
        return Progress.done(
                hosts.stream().map(host -> ((Progress.Done<T>) host).result()).toList());
    }
}
