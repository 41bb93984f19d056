package nocobase.procedures.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.concurrent.Together;
import nocobase.procedures.concurrent.Together.Answer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Docker hosts that are asked together: each at the same time, so that one which does not answer costs its own time-out and
 * nobody else's work.
 */
final class Hosts<H> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Hosts.class);

    private final List<H> hosts;
    private final Function<H, String> name;
    private final Together together = Together.unbounded("docker-hosts-");

    Hosts(List<H> hosts, Function<H, String> name) {
        this.hosts = List.copyOf(hosts);
        this.name = name;
    }

    List<H> all() {
        return hosts;
    }

    List<String> names() {
        return hosts.stream().map(name).toList();
    }

    /**
     * What each host answers, in their order. All are asked, whatever the others do.
     *
     * @throws CannotProceedException if one refuses
     * @throws EngineFault if one does not answer, naming each that does not
     */
    <T> List<T> ask(Function<H, T> question) {
        List<Answer<T>> answers = together.askEach(hosts, question);
        List<RuntimeException> faults = answers.stream()
                .map(Answer::fault)
                .filter(java.util.Objects::nonNull)
                .toList();
        if (!faults.isEmpty()) {
            throw fault(faults);
        }
        return answers.stream().map(Answer::value).toList();
    }

    void tell(Consumer<H> work) {
        ask(host -> {
            work.accept(host);
            return true;
        });
    }

    /**
     * What those hosts answer that do.
     *
     * @throws RuntimeException if none does
     */
    <T> Map<H, T> answers(Function<H, T> question) {
        List<Answer<T>> answers = together.askEach(hosts, question);
        Map<H, T> values = new LinkedHashMap<>();
        List<RuntimeException> faults = new ArrayList<>();
        for (int i = 0; i < hosts.size(); i++) {
            Answer<T> answer = answers.get(i);
            if (answer.fault() == null) {
                values.put(hosts.get(i), answer.value());
            } else {
                faults.add(answer.fault());
            }
        }
        if (values.isEmpty()) {
            throw fault(faults);
        }
        faults.forEach(fault -> LOG.debug("Left out: {}", fault.getMessage()));
        return values;
    }

    /** A person's matter comes first: it does not heal by another try. */
    private static RuntimeException fault(List<RuntimeException> faults) {
        RuntimeException first = faults.stream()
                .filter(FailureException.class::isInstance)
                .findFirst()
                .orElse(faults.get(0));
        if (faults.size() == 1 || first instanceof FailureException) {
            return first;
        }
        EngineFault all = new EngineFault(
                String.join(
                        " ", faults.stream().map(RuntimeException::getMessage).toList()),
                first);
        faults.stream().skip(1).forEach(all::addSuppressed);
        return all;
    }

    @Override
    public void close() {
        together.close();
    }
}
