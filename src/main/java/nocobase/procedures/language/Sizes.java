package nocobase.procedures.language;

/** Bytes, for people: in decimal units, as disks are sold, with the decimal sign of the language that is spoken. */
public final class Sizes {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    private Sizes() {}

    public static String shown(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < UNITS.length - 1) {
            value /= 1000;
            unit++;
        }
        return unit == 0 || value >= 100
                ? Math.round(value) + " " + UNITS[unit]
                : String.format(Language.spoken(), "%.1f %s", value, UNITS[unit]);
    }
}
