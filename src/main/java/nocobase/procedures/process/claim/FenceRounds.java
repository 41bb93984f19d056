package nocobase.procedures.process.claim;

import java.time.Duration;
import nocobase.procedures.concurrent.Probes;
import nocobase.procedures.concurrent.Rounds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Gives the signs of life. A host that does not answer holds up its own cluster's only. */
@Component
class FenceRounds extends Rounds {

    private static final Logger LOG = LoggerFactory.getLogger(FenceRounds.class);
    private static final Duration PACE = Duration.ofSeconds(10);
    private static final int AT_ONCE = 4;
    private static final int HANGING = 16;

    private final Fences fences;
    private final EngineInDoubt question;
    private final Claims claims;
    private Probes probes;

    FenceRounds(
            Fences fences,
            EngineInDoubt question,
            Claims claims,
            @Value("${procedures.watcher.enabled:true}") boolean enabled) {
        super("fences", PACE, enabled);
        this.fences = fences;
        this.question = question;
        this.claims = claims;
    }

    @Override
    protected void goRound() {
        claims.all()
                .forEach(claim -> probes.look(claim.cluster(), () -> attempt(() -> fences.look(claim.operation()))));
        probes.look("released", () -> attempt(fences::release));
        probes.goOn();
        question.closeSettled();
    }

    private static void attempt(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            LOG.warn("No sign of life could be given, trying again in {} s: {}", PACE.toSeconds(), e.toString());
        }
    }

    @Override
    public void start() {
        probes = new Probes("fence-", AT_ONCE, HANGING);
        super.start();
    }

    @Override
    public void stop() {
        if (isRunning()) {
            super.stop();
            probes.close();
        }
    }
}
