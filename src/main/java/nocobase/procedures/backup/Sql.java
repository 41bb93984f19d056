package nocobase.procedures.backup;

import java.util.ArrayList;
import java.util.List;

/** How names and values are written in SQL text: always quoted, so that no name can be anything but a name. */
final class Sql {

    private Sql() {}

    static String name(String identifier) {
        if (identifier.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A database name cannot contain the character 0");
        }
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** Right whatever {@code standard_conforming_strings} says. */
    static String text(String value) {
        String quoted = "'" + value.replace("'", "''") + "'";
        return value.indexOf('\\') < 0 ? quoted : " E" + quoted.replace("\\", "\\\\");
    }

    /** A libpq connection string that names just the database, whatever characters its name has. */
    static String connectionTo(String database) {
        return "dbname='" + database.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** One field of a pgpass file. */
    static String passField(String value) {
        return value.replace("\\", "\\\\").replace(":", "\\:");
    }

    /**
     * The elements of a stored list setting such as {@code "$user", public}: identifiers, quoted where they need it.
     * (PostgreSQL stores these few settings as flat text, but {@code SET} wants each element by itself.)
     */
    static List<String> listElements(String stored) {
        List<String> elements = new ArrayList<>();
        StringBuilder element = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < stored.length(); i++) {
            char c = stored.charAt(i);
            if (c == '"' && quoted && i + 1 < stored.length() && stored.charAt(i + 1) == '"') {
                element.append('"');
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                elements.add(element.toString());
                element.setLength(0);
            } else if (quoted || !Character.isWhitespace(c)) {
                element.append(c);
            }
        }
        elements.add(element.toString());
        return elements;
    }
}
