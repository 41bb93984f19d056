package nocobase.procedures.cluster;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.language.Messages;

/**
 * One change of a plugin, checked: what is not exactly of the described form never comes near a command.
 *
 * @param name the plugin's short name ({@code map}) or its package's ({@code @acme/plugin-hello}). To add or update it must be
 *     the package's, which proves that this package arrived and no other; it may be left out where the source names it
 * @param source only to add or update: {@code package@version} of the registry ({@code procedures.clusters.<name>.plugin-registry}),
 *     an {@code https} address of a package ({@code .tgz}), or a file in the nodes' shared storage
 *     ({@code storage/uploads/hello-1.2.0.tgz}); otherwise empty
 */
public record PluginChange(Kind kind, String name, String source) {

    private static final Messages MESSAGES = Messages.of("cluster");

    /** A plugin's short or package name, as NocoBase accepts it. */
    public static final String NAME = "(?:@[a-z0-9][a-z0-9._-]{0,100}/)?[a-z0-9][a-z0-9._-]{0,100}";

    private static final Pattern PLUGIN = Pattern.compile(NAME);
    private static final Pattern REGISTRY = Pattern.compile("(" + NAME + ")@(\\d[0-9A-Za-z.+-]{0,60})");
    /** No user, no query, no fragment: secrets in addresses would show in logs. */
    private static final Pattern ADDRESS =
            Pattern.compile("https://[A-Za-z0-9.-]{1,253}(:\\d{1,5})?(/[A-Za-z0-9@._~%+-]+)+\\.(tgz|tar\\.gz)");

    private static final Pattern FILE = Pattern.compile("storage(/[A-Za-z0-9@_][A-Za-z0-9@._+-]*)+\\.(tgz|tar\\.gz)");

    /** What is done. */
    public enum Kind {
        ENABLE,
        DISABLE,
        /** Brings a package to the nodes; it is not enabled yet. */
        ADD,
        /** Replaces the package by another version and runs its migrations. */
        UPDATE,
        /** Takes the plugin out of the database and its package out of the storage. Its tables stay. */
        REMOVE;

        public boolean needsSource() {
            return this == ADD || this == UPDATE;
        }
    }

    /** @throws IllegalArgumentException if something is missing, superfluous or not of the expected form; it says what */
    public PluginChange {
        source = source == null ? "" : source.strip();
        name = name == null || name.isBlank() ? packageOf(source) : name.strip();
        requireName(name);
        if (kind.needsSource()) {
            requireSource(name, source);
        } else if (!source.isEmpty()) {
            throw new IllegalArgumentException(MESSAGES.text("plugin.sourceSuperfluous"));
        }
    }

    public static PluginChange enable(String name) {
        return new PluginChange(Kind.ENABLE, name, "");
    }

    public static PluginChange disable(String name) {
        return new PluginChange(Kind.DISABLE, name, "");
    }

    public boolean fromRegistry() {
        return REGISTRY.matcher(source).matches();
    }

    public boolean fromStorage() {
        return FILE.matcher(source).matches();
    }

    /** The version that a registry source names. */
    public String registryVersion() {
        Matcher matcher = REGISTRY.matcher(source);
        return matcher.matches() ? matcher.group(2) : "";
    }

    /** The same in every language: "add @acme/plugin-hello from storage/uploads/hello-1.2.0.tgz". */
    public String key() {
        String what = kind.name().toLowerCase(Locale.ROOT) + " " + name;
        return source.isEmpty() ? what : what + " from " + source;
    }

    /** For people: "install @acme/plugin-hello from storage/uploads/hello-1.2.0.tgz". */
    public String text() {
        return MESSAGES.text("plugin.change." + kind.name(), name, source);
    }

    private static void requireName(String name) {
        if (!PLUGIN.matcher(name).matches() || name.contains("..")) {
            throw new IllegalArgumentException(MESSAGES.text("plugin.nameInvalid", Texts.shown(name)));
        }
    }

    private static void requireSource(String name, String source) {
        boolean known = REGISTRY.matcher(source).matches()
                || ADDRESS.matcher(source).matches()
                || FILE.matcher(source).matches();
        if (!known || source.contains("..")) {
            throw new IllegalArgumentException(MESSAGES.text("plugin.sourceInvalid", Texts.shown(source)));
        }
        String named = packageOf(source);
        if (!named.isEmpty() && !named.equals(name)) {
            throw new IllegalArgumentException(
                    MESSAGES.text("plugin.sourceMismatch", Texts.shown(named), Texts.shown(name)));
        }
    }

    private static String packageOf(String source) {
        Matcher matcher = REGISTRY.matcher(source);
        return matcher.matches() ? matcher.group(1) : "";
    }
}
