package nocobase.procedures.process.wait;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * What the last look at each wait saw, by process instance (a fragment waits for one thing at a time). Kept in memory only:
 * after a restart the next look fills it again.
 */
@Component
public class LastSeen {

    private final Map<String, String> texts = new ConcurrentHashMap<>();

    void put(String processInstance, String text) {
        texts.put(processInstance, text);
    }

    public Optional<String> of(String processInstance) {
        return Optional.ofNullable(texts.get(processInstance));
    }

    void forget(String processInstance) {
        texts.remove(processInstance);
    }

    /** Forgets the waits that are over, however they ended. */
    void retain(Collection<String> processInstances) {
        texts.keySet().retainAll(processInstances);
    }
}
