package nocobase.procedures.process;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/** Releases, at every start, claims whose procedure is gone. */
@Component
class OrphanedClaims implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanedClaims.class);

    private final Claims claims;

    OrphanedClaims(Claims claims) {
        this.claims = claims;
    }

    @Override
    public void run(ApplicationArguments args) {
        claims.releaseOrphans()
                .forEach(claim -> LOG.warn(
                        "Released cluster {}: its procedure {} ({}) is gone. Look at the state of its nodes.",
                        claim.cluster(),
                        claim.procedure(),
                        claim.operation()));
    }
}
