package nocobase.procedures.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.Iterator;
import java.util.List;
import nocobase.procedures.Requires;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The fault campaign: procedures on a cluster of stand-in nodes full of data, in which something breaks at one step after
 * another; after each of them everything that must hold is looked at. {@code -Dcampaign=long} crosses the faults with the
 * steps of all procedures, in portions: see {@link Results}.
 */
@Requires("docker")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultCampaignIT {

    private static final boolean LONG = "long".equals(System.getProperty("campaign"));

    private final Results results = new Results(Clock.systemUTC());
    private final LongForm longForm = new LongForm(results);
    private Stage stage;

    @TestFactory
    Iterator<DynamicTest> campaign() {
        Iterator<Plan> plans = LONG ? longForm.plans() : ShortForm.plans().iterator();
        return new Iterator<>() {

            @Override
            public boolean hasNext() {
                return plans.hasNext();
            }

            @Override
            public DynamicTest next() {
                Plan plan = plans.next();
                return DynamicTest.dynamicTest(plan.title(), () -> carryOut(plan));
            }
        };
    }

    private void carryOut(Plan plan) {
        Run run = plan.on(stageFor(plan));
        try {
            List<String> breaches = run.go(results);
            assertThat(breaches).isEmpty();
        } catch (RuntimeException | AssertionError e) {
            // What it left broken would break the next run too.
            stage.spoil();
            throw e;
        } finally {
            stage.stopReplica();
        }
        if (plan.end() != null) {
            assertThat(run.end()).isEqualTo(plan.end());
        }
    }

    /** The one that is there, unless it is of no use any more. */
    private Stage stageFor(Plan plan) {
        if (stage != null && (stage.spoilt() || plan.setting() != stage.setting())) {
            remove();
        }
        if (stage == null) {
            stage = new Stage(plan.setting());
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
