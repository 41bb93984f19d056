package nocobase.procedures.process;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Releases, at every start, claims whose procedure is gone, and tells operators. */
@Component
class OrphanedClaims implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanedClaims.class);

    private final Claims claims;
    private final AbandonedClusters abandoned;

    OrphanedClaims(Claims claims, AbandonedClusters abandoned) {
        this.claims = claims;
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
            abandoned.report(
                    claim.cluster(),
                    claim.operation(),
                    claim.procedure(),
                    "it is gone from the engine's database",
                    null);
        }
    }
}
