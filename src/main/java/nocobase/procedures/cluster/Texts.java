package nocobase.procedures.cluster;

/** How foreign text is shown: short, on one line, without control characters. */
public final class Texts {

    private static final int SHOWN = 80;

    private Texts() {}

    /** Somebody else's text, safe to repeat in a message: control characters become blanks, the end is cut. */
    public static String shown(String text) {
        if (text == null) {
            return "";
        }
        String line = text.replaceAll("\\p{Cntrl}", " ").strip();
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }
}
