package nocobase.procedures;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.SharedContainers;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/**
 * Refuses to start where two clusters select one container, as far as the container engines answer: selectors that look
 * different may fit the same.
 */
@Component
class SharedContainersAtStart implements ApplicationRunner {

    private final Clusters clusters;

    SharedContainersAtStart(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public void run(ApplicationArguments args) {
        SharedContainers.among(clusters).ifPresent(found -> {
            throw new SharedContainersException(found);
        });
    }

    /** Two clusters select one container. */
    static final class SharedContainersException extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        SharedContainersException(String found) {
            super(found);
        }
    }
}
