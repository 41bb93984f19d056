package nocobase.procedures.process.claim;

import java.time.Duration;
import nocobase.procedures.audit.Downtime;
import nocobase.procedures.audit.Downtimes;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.concurrent.Rounds;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Looks after clusters that a procedure left behind the maintenance page: somebody may have brought one back without us. Then
 * its downtime is over, and so is the task that it made.
 */
@Component
public class DowntimeWatch extends Rounds {

    private static final Messages MESSAGES = Messages.of("process");
    private static final Logger LOG = LoggerFactory.getLogger(DowntimeWatch.class);
    private static final Duration PACE = Duration.ofSeconds(5);

    private final Downtimes downtimes;
    private final Claims claims;
    private final Clusters clusters;
    private final AbandonedClusters abandoned;
    private final TransactionTemplate transaction;

    DowntimeWatch(
            Downtimes downtimes,
            Claims claims,
            Clusters clusters,
            AbandonedClusters abandoned,
            PlatformTransactionManager transactions,
            @Value("${procedures.watcher.enabled:true}") boolean enabled) {
        super("downtimes", PACE, enabled);
        this.downtimes = downtimes;
        this.claims = claims;
        this.clusters = clusters;
        this.abandoned = abandoned;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** Looks once at all of them. */
    public void lookNow() {
        for (Downtime downtime : downtimes.lasting()) {
            try {
                if (nobodyWorksOn(downtime) && served(downtime.cluster()) && nobodyWorksOn(downtime)) {
                    over(downtime);
                }
            } catch (RuntimeException e) {
                LOG.debug("{}: whether clients are served cannot be found out", downtime.cluster(), e);
            }
        }
    }

    /** Also while a procedure only looks at it yet: it takes over when it routes to the page itself. */
    private boolean nobodyWorksOn(Downtime downtime) {
        return claims.find(downtime.cluster())
                .filter(claim -> claim.operation().equals(downtime.work().operation()))
                .isEmpty();
    }

    private boolean served(String cluster) {
        return clusters.find(cluster).balancer().seen().kind() == Seen.Kind.SERVED;
    }

    private void over(Downtime downtime) {
        LOG.info("{}: clients are served again, by none of our procedures", downtime.cluster());
        transaction.executeWithoutResult(status -> {
            downtimes.end(downtime.cluster(), null);
            abandoned.close(downtime.cluster(), MESSAGES.text("abandoned.served"));
        });
    }

    @Override
    protected void goRound() {
        lookNow();
    }
}
