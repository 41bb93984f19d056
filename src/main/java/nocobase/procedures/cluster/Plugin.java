package nocobase.procedures.cluster;

/**
 * One plugin as NocoBase's database records it. A plugin that is present and was never enabled has no record there.
 *
 * @param name NocoBase's short name, such as {@code map}
 * @param packageName such as {@code @nocobase/plugin-map}
 * @param version the version that was last loaded into the database
 * @param enabled whether nodes load it when they start
 * @param installed whether its tables and data were made
 * @param builtIn whether it is part of NocoBase's own set and bears NocoBase's version
 */
public record Plugin(
        String name, String packageName, String version, boolean enabled, boolean installed, boolean builtIn) {

    /** Whether people mean this plugin by that name: NocoBase takes the short name and the package's. */
    public boolean is(String nameOrPackage) {
        return name.equals(nameOrPackage) || nameOrPackage.equals(packageName);
    }
}
