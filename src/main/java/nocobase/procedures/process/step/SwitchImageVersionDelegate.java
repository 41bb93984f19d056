package nocobase.procedures.process.step;

import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.process.Variables;
import org.springframework.stereotype.Component;

/** Makes every node a stopped node of the wanted version: a new one, or the previous one as it was set aside. */
@Component
class SwitchImageVersionDelegate extends ClusterDelegate {

    SwitchImageVersionDelegate(Clusters clusters) {
        super(clusters);
    }

    @Override
    void perform(ExecutionStep step) {
        Version version = step.version(Variables.VERSION);
        if (version.toString().equals(step.text(Variables.PREVIOUS_VERSION))) {
            step.cluster().runtime().switchBack(step.operation());
        } else {
            step.cluster().runtime().switchVersion(version, step.operation());
        }
    }
}
