package nocobase.procedures.cluster;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How NocoBase's tables and columns are called under {@code DB_TABLE_PREFIX} and {@code DB_UNDERSCORED}. NocoBase spells the
 * collection's name with underscores, and then puts the prefix before it as it is.
 */
public record TableNames(String prefix, boolean underscored) {

    /** Word boundaries as Sequelize's underscore() sees them. */
    private static final Pattern ACRONYM = Pattern.compile("([A-Z]+)([A-Z][a-z])");

    private static final Pattern HUMP = Pattern.compile("([a-z\\d])([A-Z])");

    public static TableNames of(DatabaseSettings settings) {
        return new TableNames(settings.tablePrefix(), settings.underscored());
    }

    /** The table's bare name, for example {@code nb_application_version} for {@code applicationVersion}. */
    public String table(String collection) {
        return prefix + spelled(collection);
    }

    public String column(String field) {
        return spelled(field);
    }

    private String spelled(String name) {
        if (!underscored) {
            return name;
        }
        String split = ACRONYM.matcher(name).replaceAll("$1_$2");
        return HUMP.matcher(split).replaceAll("$1_$2").replace('-', '_').toLowerCase(Locale.ROOT);
    }
}
