package nocobase.procedures.process.wait;

/** Looks at what waits when a test says so, as {@link ConditionWatcher} does in its thread. */
public final class WatcherByHand {

    private final WaitingSteps waiting;
    private final ConditionProbe probe;

    WatcherByHand(WaitingSteps waiting, ConditionProbe probe) {
        this.waiting = waiting;
        this.probe = probe;
    }

    /** Looks once at everything that waits, in the caller's thread. @return how many steps go on */
    public int lookNow() {
        return (int) waiting.find().stream()
                .filter(step -> probe.condition(step.message()) != null)
                .filter(probe::look)
                .count();
    }
}
