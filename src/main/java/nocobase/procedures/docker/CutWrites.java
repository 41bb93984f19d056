package nocobase.procedures.docker;

import com.github.dockerjava.api.exception.DockerException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tidies up after writes that were cut between their temporary file and its rename. This process's own are known by their
 * names. Those of a process that was killed are known by their age: another engine may be writing at this moment.
 */
final class CutWrites {

    private static final Logger LOG = LoggerFactory.getLogger(CutWrites.class);
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** No write takes so long; in the unit that {@code find} has. */
    private static final Duration OLD = Duration.ofMinutes(1);

    /**
     * Between two looks for them, each of which costs a tenth of a second while clients wait. The second look is earlier: what a
     * process left that was killed right before this one began is old by then, also to BusyBox, which counts whole minutes.
     */
    private static final Duration PAUSE = Duration.ofHours(1);

    private static final String ANY = ".*.????????-????-????-????-????????????.new";

    private final Commands commands;
    private final Clock clock;
    private final Map<String, Set<String>> own = new ConcurrentHashMap<>();
    private final Map<String, Instant> nextLooks = new ConcurrentHashMap<>();

    CutWrites(Commands commands, Clock clock) {
        this.commands = commands;
        this.clock = clock;
    }

    /**
     * Name for a file, or for a directory of several, while they grow: hidden and with an ending of its own, so that no pattern
     * such as *.conf takes it.
     */
    static String temporary(String file) {
        return "." + file + "." + UUID.randomUUID() + ".new";
    }

    /** It may be there or not. */
    void cut(String container, String temporary) {
        of(container).add(temporary);
    }

    /** Before the next write there. Whatever goes wrong with it is no reason not to write. */
    void tidyUp(String container, String directory) {
        try {
            removeOwn(container);
            Instant now = clock.instant();
            String place = container + ":" + directory;
            Instant next = nextLooks.get(place);
            if (next == null || next.isBefore(now)) {
                removeOld(container, directory);
                nextLooks.put(place, now.plus(next == null ? OLD.multipliedBy(2) : PAUSE));
            }
        } catch (DockerException | EngineFault e) {
            LOG.info("Container {} cannot be tidied up now ({})", container, e.getMessage());
        }
    }

    private void removeOwn(String container) {
        List<String> cut = List.copyOf(of(container));
        if (!cut.isEmpty()) {
            LOG.info("Removing {} half-written files in container {}", cut.size(), container);
            commands.run(
                    container,
                    Stream.concat(Stream.of("rm", "-rf"), cut.stream()).toList(),
                    LIMIT);
            of(container).removeAll(cut);
        }
    }

    private void removeOld(String container, String directory) {
        commands.run(
                container,
                List.of(
                        "find",
                        directory,
                        "-maxdepth",
                        "1",
                        "-name",
                        ANY,
                        "-mmin",
                        "+" + OLD.toMinutes(),
                        "-exec",
                        "rm",
                        "-rf",
                        "{}",
                        "+"),
                LIMIT);
    }

    private Set<String> of(String container) {
        return own.computeIfAbsent(container, name -> ConcurrentHashMap.newKeySet());
    }
}
