package nocobase.procedures.rehearsal;

import java.util.Optional;
import nocobase.procedures.cluster.ClusterFence;

/** The fence of a rehearsal cluster, in its world. */
final class RehearsalFence implements ClusterFence {

    private final World world;

    RehearsalFence(World world) {
        this.world = world;
    }

    @Override
    public Optional<Mark> read() {
        return world.look((state, now) -> Optional.ofNullable(state.fence));
    }

    @Override
    public boolean put(Mark mark) {
        return world.act((state, now) -> {
            boolean above = state.fence == null || state.fence.number() < mark.number();
            if (above) {
                state.fence = mark;
            }
            return above || state.fence.token().equals(mark.token());
        });
    }
}
