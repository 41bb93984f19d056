package nocobase.procedures.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class LogContextTest {

    @Test
    void isSaidUntilItIsClosed() {
        try (LogContext outer = LogContext.of("main-qtvgq3ky", null)) {
            try (LogContext inner = LogContext.of("main-qtvgq3ky", "Start one node")) {
                assertThat(said()).isEqualTo("main-qtvgq3ky, Start one node");
            }
            assertThat(said()).isEqualTo("main-qtvgq3ky");
        }
        assertThat(said()).isNull();
    }

    @Test
    void goesAlongIntoOtherThreadsAndIsForgottenThere() throws InterruptedException {
        AtomicReference<String> during = new AtomicReference<>();
        AtomicReference<String> after = new AtomicReference<>("not looked");
        Runnable work;
        try (LogContext said = LogContext.of("main-qtvgq3ky", "Start one node")) {
            work = LogContext.carried(() -> during.set(said()));
        }
        Thread other = new Thread(() -> {
            work.run();
            after.set(said());
        });
        other.start();
        other.join();
        assertThat(during).hasValue("main-qtvgq3ky, Start one node");
        assertThat(after).hasValue(null);
    }

    /** As nodes are asked and started, each in a thread of its own. */
    @Test
    void isSaidByEachOfSeveralThatAreAskedTogether() {
        Together together = Together.unbounded("asked-");
        try (LogContext said = LogContext.of("main-qtvgq3ky", null)) {
            assertThat(together.ask(List.of("app-1", "app-2"), node -> node + " " + said()))
                    .containsExactly("app-1 main-qtvgq3ky", "app-2 main-qtvgq3ky");
        } finally {
            together.close();
        }
    }

    private static String said() {
        return MDC.get("work");
    }
}
