package nocobase.procedures.campaign;

import java.util.ArrayList;
import java.util.List;

/** Looks again and again whether the cluster is claimed exactly while a procedure runs on it. */
final class ClaimWatch implements AutoCloseable {

    private static final String BOTH = """
            select (select coalesce(string_agg(process_instance, ',' order by process_instance), '') from cluster_claim),
                   (select coalesce(string_agg(e.id_, ',' order by e.id_), '') from act_ru_execution e
                      join act_re_procdef d on d.id_ = e.proc_def_id_
                     where e.parent_id_ is null and e.super_exec_ is null
                       and d.key_ in ('version-upgrade', 'first-start', 'in-app-maintenance', 'return-to-service'))
            """;

    private final EngineDatabase engine;
    private final List<String> breaches = new ArrayList<>();
    private final Thread thread = new Thread(this::watch, "claim-watch");
    private volatile boolean going = true;
    private int looks;

    ClaimWatch(EngineDatabase engine) {
        this.engine = engine;
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        while (going) {
            for (List<String> row : engine.rows(BOTH)) {
                note(row.get(0), row.get(1));
            }
            try {
                Thread.sleep(100); // the pace of this look, no wait of a test
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private synchronized void note(String claimed, String running) {
        looks++;
        if (!claimed.equals(running)) {
            breaches.add("claimed by [" + claimed + "] while [" + running + "] runs");
        }
    }

    synchronized List<String> breaches() {
        return breaches.stream().distinct().toList();
    }

    synchronized int looks() {
        return looks;
    }

    @Override
    public void close() {
        going = false;
        thread.interrupt();
    }
}
