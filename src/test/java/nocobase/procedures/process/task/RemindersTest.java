package nocobase.procedures.process.task;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import nocobase.procedures.audit.Notification.Event;
import nocobase.procedures.cluster.Clusters;
import nocobase.procedures.cluster.UnknownClusterException;
import nocobase.procedures.process.status.Announcements;
import nocobase.procedures.process.status.OpenTask;
import nocobase.procedures.process.status.RunningProcedures;
import org.camunda.bpm.engine.TaskService;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class RemindersTest {

    private static final Instant NOW = Instant.parse("2026-12-02T03:00:00Z");

    /** The owner took it out of the configuration while a task of it was open. */
    @Test
    void aClusterThatIsGoneSilencesNoOther() {
        OpenTask gone = task("gone", "userTask_decideHowToGoOn");
        OpenTask other = task("main", "userTask_reviewPlan");
        Map<String, List<OpenTask>> open = new LinkedHashMap<>();
        open.put("gone", List.of(gone));
        open.put("main", List.of(other));
        RunningProcedures procedures = mock(RunningProcedures.class);
        when(procedures.tasks()).thenReturn(open);
        Clusters clusters = mock(Clusters.class);
        when(clusters.find(any())).thenThrow(new UnknownClusterException("gone", List.of("main")));
        JdbcTemplate jdbc = mock(JdbcTemplate.class);
        when(jdbc.update(any(String.class), any(Object[].class))).thenReturn(1);
        Announcements news = mock(Announcements.class);

        new Reminders(
                        jdbc,
                        procedures,
                        clusters,
                        mock(TaskService.class),
                        news,
                        Clock.fixed(NOW, ZoneOffset.UTC),
                        false)
                .lookNow();

        verify(news).ofSilence(eq(Event.REMINDER), eq("ops"), eq(other), any());
    }

    private static OpenTask task(String cluster, String key) {
        Instant since = NOW.minusSeconds(7200);
        return new OpenTask(
                "task of " + cluster,
                cluster,
                cluster + "-aaaaaaaa",
                key,
                key,
                null,
                List.of("ops"),
                since,
                NOW.minusSeconds(60));
    }
}
