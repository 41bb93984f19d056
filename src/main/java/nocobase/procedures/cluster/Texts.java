package nocobase.procedures.cluster;

/** How foreign text is shown: short, on one line, without control characters. */
public final class Texts {

    private static final int SHOWN = 80;

    private Texts() {}

    /** Somebody else's text, safe to repeat in a message: control characters become blanks, the end is cut. */
    public static String shown(String text) {
        return shown(text, SHOWN);
    }

    /** The same with another limit, for texts that are themselves the message. */
    public static String shown(String text, int longest) {
        if (text == null) {
            return "";
        }
        String line = text.replaceAll("\\p{Cntrl}", " ").strip();
        return line.length() <= longest ? line : line.substring(0, longest) + "…";
    }
}
