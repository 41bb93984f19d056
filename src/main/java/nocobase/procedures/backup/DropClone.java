package nocobase.procedures.backup;

import java.util.List;
import java.util.Optional;
import nocobase.procedures.backup.StoredRestorePoint.Copy;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.DataJob;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.cluster.Progress;
import nocobase.procedures.cluster.RestorePoint;
import nocobase.procedures.language.Messages;
import nocobase.procedures.language.Sizes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up the clone of a restore point for its durable copy. Hours may have passed since the copy was verified, so it is read
 * once more, and a plain one is compared with the clone; one that is damaged, or cannot be compared, is made anew from the
 * clone. Then it is compressed, which nobody waited for. If that is cut off at a moment when the recorded check sum is not the
 * copy's any more, the copy counts as damaged.
 */
final class DropClone {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(DropClone.class);

    private final Site site;
    private final Secure securing;
    private final Prune pruning;

    DropClone(Site site, Secure securing, Prune pruning) {
        this.site = site;
        this.securing = securing;
        this.pruning = pruning;
    }

    Progress<StoredRestorePoint> advance(OperationId operation, StoredRestorePoint point) {
        Progress<StoredRestorePoint> progress = step(operation, point);
        return progress instanceof Progress.Pending<StoredRestorePoint>
                ? site.catalogue()
                        .find(point.id())
                        .filter(now -> now.state() == RestorePoint.State.DUMP_ONLY)
                        .map(this::finished)
                        .orElse(progress)
                : progress;
    }

    /** Another engine may have finished while we began a job anew; its jobs go after the state is recorded, so ours do too. */
    private Progress<StoredRestorePoint> finished(StoredRestorePoint point) {
        List.of(CopyJobs.rereadName(point.id()), CopyJobs.packName(point.id()), CopyJobs.sealName(point.id()))
                .forEach(site.jobs()::forget);
        return Progress.done(point);
    }

    private Progress<StoredRestorePoint> step(OperationId operation, StoredRestorePoint point) {
        if (point.damaged()) {
            Progress<StoredRestorePoint> anew = securing.advance(operation, point);
            return anew instanceof Progress.Done<StoredRestorePoint>
                    ? Progress.pending(MESSAGES.text("release.again"))
                    : anew;
        }
        if (point.state() != RestorePoint.State.VERIFIED) {
            return point.state() == RestorePoint.State.DUMP_ONLY ? finished(point) : Progress.done(point);
        }
        if (point.clones().isEmpty()) {
            return released(point);
        }
        if (site.jobs().running(CopyJobs.rereadName(point.id()))) {
            return reading(point);
        }
        if (site.jobs().running(CopyJobs.packName(point.id()))) {
            return packing(point);
        }
        return reread(point);
    }

    private Progress<StoredRestorePoint> reread(StoredRestorePoint point) {
        DataJob reread = site.reread(point);
        Optional<JobOutput> output = site.jobs().look(reread, MESSAGES.text("doing.reread"));
        if (output.isEmpty()) {
            return reading(point);
        }
        if (output.get().values("intact").isPresent()) {
            return packed(point);
        }
        site.jobs().forget(reread.name());
        if (output.get().values("lost").isPresent()) {
            throw lost(point, output.get());
        }
        return makeAnew(point, output.get().lastLine());
    }

    private static Progress<StoredRestorePoint> reading(StoredRestorePoint point) {
        return Progress.pending(MESSAGES.text("release.reading", Sizes.shown(point.size())));
    }

    private static Progress<StoredRestorePoint> packing(StoredRestorePoint point) {
        return Progress.pending(MESSAGES.text("release.compressing", Sizes.shown(point.size())));
    }

    private Progress<StoredRestorePoint> packed(StoredRestorePoint point) {
        DataJob pack = site.copyJobs().pack(point);
        Optional<JobOutput> output = look(pack, point);
        if (output.isEmpty()) {
            return packing(point);
        }
        StoredRestorePoint packed = point.copied(repacked(point.copy(), output.get()), RestorePoint.State.VERIFIED);
        DataJob seal = site.copyJobs().seal(point.id(), Manifest.of(site.cluster(), packed));
        if (site.jobs().look(seal, MESSAGES.text("doing.manifest")).isEmpty()) {
            return Progress.pending(MESSAGES.text("release.manifest"));
        }
        if (!site.catalogue().replace(point, packed)) {
            return Progress.pending(MESSAGES.text("release.other"));
        }
        return released(packed);
    }

    private Optional<JobOutput> look(DataJob pack, StoredRestorePoint point) {
        try {
            return site.jobs().look(pack, MESSAGES.text("doing.compress"));
        } catch (FailureException failed) {
            site.jobs().forget(CopyJobs.rereadName(point.id()));
            throw failed;
        }
    }

    private static Copy repacked(Copy copy, JobOutput output) {
        List<String> values = output.need("copy");
        return new Copy(values.get(0), Long.parseLong(values.get(1)), copy.clientVersion(), copy.verifiedAt());
    }

    private Progress<StoredRestorePoint> makeAnew(StoredRestorePoint point, String damage) {
        log.warn("Restore point {}, durable copy: {}. It is made anew from the clone.", point.id(), damage);
        CopyJobs.makingOf(point.id()).forEach(site.jobs()::forget);
        site.catalogue().replace(point, point.nowDamaged());
        return Progress.pending(MESSAGES.text("release.changed"));
    }

    private static CannotProceedException lost(StoredRestorePoint point, JobOutput output) {
        return new CannotProceedException(Failure.of(
                MESSAGES.text("release.damaged", point.id(), String.join(" ", output.need("lost"))),
                MESSAGES.text("release.damaged.remedy")));
    }

    private Progress<StoredRestorePoint> released(StoredRestorePoint point) {
        pruning.dropClones(point);
        return finished(point.with(RestorePoint.State.DUMP_ONLY));
    }
}
