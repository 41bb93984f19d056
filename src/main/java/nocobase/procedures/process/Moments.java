package nocobase.procedures.process;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * Moments as people read them, in the engine's time zone (TZ), which is named by its offset: so the browser can show them in
 * its own ({@code static/status/times.js}).
 */
public final class Moments {

    private static final DateTimeFormatter SHOWN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'");
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("xxx");

    private Moments() {}

    public static String shown(Instant moment) {
        return shown(moment, ZoneId.systemDefault());
    }

    public static String shown(Instant moment, ZoneId zone) {
        ZonedDateTime local = moment.truncatedTo(ChronoUnit.SECONDS).atZone(zone);
        return SHOWN.format(local) + (local.getOffset().equals(ZoneOffset.UTC) ? "" : OFFSET.format(local));
    }
}
