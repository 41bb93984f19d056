package nocobase.procedures.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A library that stands between one process and the kernel's clock and adds {@code MOVED_CLOCK_SECONDS} to the time of day.
 * Durations ({@code CLOCK_MONOTONIC}) stay right, as when an administrator sets a clock. A C compiler is needed ({@code cc}).
 */
final class MovedClock {

    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <dlfcn.h>
            #include <stdlib.h>
            #include <sys/syscall.h>
            #include <sys/time.h>
            #include <time.h>
            #include <unistd.h>
            static long moved(void) {
              const char *seconds = getenv("MOVED_CLOCK_SECONDS");
              return seconds ? atol(seconds) : 0;
            }
            int clock_gettime(clockid_t clock, struct timespec *now) {
              int result = syscall(SYS_clock_gettime, clock, now);
              if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += moved();
              return result;
            }
            int gettimeofday(struct timeval *restrict now, void *restrict zone) {
              struct timespec precise;
              int result = clock_gettime(CLOCK_REALTIME, &precise);
              if (result == 0 && now) { now->tv_sec = precise.tv_sec; now->tv_usec = precise.tv_nsec / 1000; }
              return result;
            }
            time_t time(time_t *now) {
              struct timespec precise;
              clock_gettime(CLOCK_REALTIME, &precise);
              if (now) *now = precise.tv_sec;
              return precise.tv_sec;
            }
            """;

    private MovedClock() {}

    /** For {@code LD_PRELOAD}. */
    static Path library() {
        Path library = Path.of("target", "campaign-clock.so").toAbsolutePath();
        Path source = Path.of("target", "campaign-clock.c").toAbsolutePath();
        try {
            Files.writeString(source, SOURCE);
            Process compiler = new ProcessBuilder(
                            "cc", "-shared", "-fPIC", "-O2", "-o", library.toString(), source.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(compiler.getInputStream().readAllBytes());
            if (compiler.waitFor() != 0) {
                throw new IllegalStateException("The clock cannot be compiled: " + said);
            }
            return library;
        } catch (IOException e) {
            throw new UncheckedIOException("A C compiler (cc) is needed to move the engine's clock", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
