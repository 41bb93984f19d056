package nocobase.procedures.backup;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import nocobase.procedures.backup.StoredRestorePoint.Copy;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.DockerSettings;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings another cluster's durable copy into this cluster's store: from volume to volume where both are on one host,
 * otherwise through this engine. What arrived in an earlier attempt is used again.
 */
final class Receive {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(Receive.class);
    private static final String RECEIVING = "doing.receive";

    private final Site site;

    Receive(Site site) {
        this.site = site;
    }

    StoredRestorePoint run(String id, Site source, Consumer<String> progress) {
        Optional<StoredRestorePoint> known = site.catalogue().find(id).filter(StoredRestorePoint::durable);
        if (known.isPresent()) {
            return known.get();
        }
        StoredRestorePoint offered = offered(id, source);
        StoredRestorePoint planned = here(offered, source.cluster());
        site.catalogue().save(planned);
        log.info("Receiving restore point {} ({}) of cluster {}", id, Sizes.shown(offered.size()), source.cluster());
        DataJob sending = source.copyJobs().stay(CopyJobs.sendName(id));
        // As long as it runs, the source's retention leaves the restore point alone.
        ensureRunning(source, sending);
        StoredRestorePoint received = received(planned, offered, source, sending.name(), progress);
        site.catalogue().save(received);
        log.info("Restore point {} of cluster {} was received", id, source.cluster());
        source.jobs().forget(sending.name());
        return received;
    }

    static StoredRestorePoint offered(String id, Site source) {
        return source.catalogue()
                .find(id)
                .filter(StoredRestorePoint::durable)
                .orElseThrow(() -> new CannotProceedException(Failure.of(
                        MESSAGES.text("receive.notVerified", source.cluster(), id),
                        MESSAGES.text("receive.notVerified.remedy"))));
    }

    private StoredRestorePoint received(
            StoredRestorePoint planned,
            StoredRestorePoint offered,
            Site source,
            String sending,
            Consumer<String> progress) {
        boolean oneHost = onOneHost(source.settings().docker(), site.settings().docker());
        String directory = source.copyJobs().directory(offered.id());
        if (!oneHost) {
            DataJob carrying = site.copyJobs().stay(offered.id() + "-carry-" + site.cluster());
            ensureRunning(site, carrying);
            new Carrying(source.containers(), sending, directory, site.containers(), carrying.name())
                    .run(site.copyJobs().directory(offered.id()), progress);
            site.jobs().forget(carrying.name());
        }
        String volume = oneHost ? source.settings().restorePoints().volume() : null;
        DataJob job = site.copyJobs().receive(offered, volume, directory);
        List<String> arrived =
                site.jobs().await(job, MESSAGES.text(RECEIVING), progress).need("received");
        if (!arrived.get(2).equals(offered.storage().sha256())) {
            site.jobs().forget(job.name());
            throw new CannotProceedException(Failure.of(
                    MESSAGES.text("receive.altered", offered.id()),
                    MESSAGES.text("receive.altered.remedy", source.cluster())));
        }
        Copy copy = new Copy(
                arrived.get(0),
                Long.parseLong(arrived.get(1)),
                offered.copy().clientVersion(),
                site.clock().instant());
        StoredRestorePoint received =
                planned.archived(offered.storage(), null).copied(copy, RestorePoint.State.DUMP_ONLY);
        DataJob seal = site.copyJobs().seal(received.id(), Manifest.of(site.cluster(), received));
        site.jobs().await(seal, MESSAGES.text("doing.manifest"), progress);
        site.jobs().forget(seal.name());
        site.jobs().forget(job.name());
        return received;
    }

    /** Where a cluster is on several hosts, its volume may be on any of them: through this engine it works in any case. */
    private static boolean onOneHost(DockerSettings there, DockerSettings here) {
        return there.hosts().isEmpty() && here.hosts().isEmpty() && there.host().equals(here.host());
    }

    private static void ensureRunning(Site at, DataJob job) {
        if (!at.jobs().running(job.name())) {
            at.jobs().forget(job.name());
            at.jobs().look(job, MESSAGES.text(RECEIVING));
        }
    }

    /** The restore point as it will be here: names, owner and settings of this cluster. */
    private StoredRestorePoint here(StoredRestorePoint offered, String origin) {
        String main = site.server().settings().name();
        DatabaseTraits own = own(main);
        List<CoveredDatabase> databases = new ArrayList<>();
        for (CoveredDatabase database : offered.databases()) {
            boolean first = databases.isEmpty();
            databases.add(new CoveredDatabase(
                    first ? main : database.name(), null, database.size(), first ? own : own.ofAnother()));
        }
        return new StoredRestorePoint(
                offered.id(),
                offered.takenAt(),
                offered.version(),
                offered.mode(),
                offered.serverVersion(),
                databases,
                offered.nodes(),
                offered.plugins(),
                null,
                null,
                false,
                null,
                null,
                origin);
    }

    private DatabaseTraits own(String main) {
        try {
            return site.server()
                    .outside(connection -> TraitsReader.read(connection, main))
                    .ownedBy(site.server().settings().user());
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.readSettings", main), e);
        }
    }
}
