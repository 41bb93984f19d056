package nocobase.procedures.process.step;

import java.util.function.Supplier;
import nocobase.procedures.audit.RunMeasures;
import nocobase.procedures.audit.RunMeasures.Measure;
import nocobase.procedures.cluster.Cluster;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.Step;
import nocobase.procedures.process.Variables;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Measures what a run's length will depend on. What cannot be found out stays unknown; nothing is stopped. */
@Component
class Measuring {

    private static final Logger LOG = LoggerFactory.getLogger(Measuring.class);

    private final RunMeasures measures;

    Measuring(RunMeasures measures) {
        this.measures = measures;
    }

    void measure(Step step) {
        Cluster cluster = step.cluster();
        String target = step.text(Variables.TARGET_VERSION);
        measures.record(
                step.operation().value(),
                cluster.name(),
                new Measure(
                        found(cluster, () -> cluster.restorePoints().databaseSize()),
                        target == null
                                ? null
                                : found(cluster, () -> cluster.runtime().hasImage(Version.parse(target)))));
    }

    private static <T> T found(Cluster cluster, Supplier<T> look) {
        try {
            return look.get();
        } catch (RuntimeException e) {
            LOG.info("{}: the estimate has to do without a measure: {}", cluster.name(), e.toString());
            return null;
        }
    }
}
