package nocobase.procedures.process.claim;

import java.time.Clock;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Releases, at every start, claims whose procedure is gone, and tells operators. */
@Component
class OrphanedClaims implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanedClaims.class);

    private static final Messages MESSAGES = Messages.of("process");

    private final Claims claims;
    private final Downtimes downtimes;
    private final Clock clock;
    private final AbandonedClusters abandoned;

    OrphanedClaims(Claims claims, Downtimes downtimes, AbandonedClusters abandoned, Clock clock) {
        this.claims = claims;
        this.downtimes = downtimes;
        this.clock = clock;
        this.abandoned = abandoned;
    }

    @Override
    public void run(ApplicationArguments args) {
        for (Claim claim : claims.releaseOrphans()) {
            LOG.warn(
                    "Released cluster {}: its procedure {} ({}) is gone.",
                    claim.cluster(),
                    claim.procedure(),
                    claim.operation());
            Downtime.Left left = new Downtime.Left(
                    claim.operation(), claim.procedure(), clock.instant(), null, null, MESSAGES.text("left.gone"));
            downtimes.leave(claim.cluster(), left);
            abandoned.report(claim.cluster(), left);
        }
    }
}
