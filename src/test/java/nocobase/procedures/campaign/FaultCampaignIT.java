package nocobase.procedures.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import nocobase.procedures.Requires;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The fault campaign: procedures on a cluster of stand-in nodes full of data, in which something breaks at one step after
 * another; after each of them everything that must hold is looked at. {@code -Dcampaign=long} crosses all faults with all
 * steps of all procedures.
 */
@Requires("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultCampaignIT {

    private final Report report = new Report();
    private final LongForm longForm = new LongForm();
    private Stage stage;

    @TestFactory
    Stream<DynamicTest> campaign() {
        Stream<Plan> plans = "long".equals(System.getProperty("campaign")) ? longForm.plans() : ShortForm.plans();
        return plans.map(plan -> DynamicTest.dynamicTest(plan.title(), () -> carryOut(plan)));
    }

    private void carryOut(Plan plan) {
        Run run = plan.on(stageFor(plan));
        try {
            List<String> breaches = run.go(report);
            longForm.note(plan, stage, run);
            assertThat(breaches).isEmpty();
        } finally {
            stage.stopReplica();
        }
        if (plan.end() != null) {
            assertThat(run.end()).isEqualTo(plan.end());
        }
    }

    /** The one that is there, unless it is of no use any more. */
    private Stage stageFor(Plan plan) {
        if (stage != null && (stage.spoilt() || plan.served() != stage.served())) {
            remove();
        }
        if (stage == null) {
            stage = new Stage(plan.served());
        }
        return stage;
    }

    @AfterAll
    void remove() {
        if (stage != null) {
            stage.close();
            stage = null;
        }
    }
}
