package nocobase.procedures.rehearsal;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.PluginChange;
import nocobase.procedures.cluster.Version;

/**
 * The plugins of the simulated NocoBase: those that an installation of 2.2.15 enables, those that it brings without enabling
 * them, and those that were added. A name that ends with {@code -broken} belongs to a plugin that cannot be enabled.
 */
final class SimulatedPlugins {

    static final List<String> BUILT_IN = List.of(
            ("acl action-bulk-edit action-bulk-update action-custom-request action-duplicate action-export action-import"
                            + " action-print ai api-doc api-keys async-task-manager auth backups block-comment"
                            + " block-grid-card block-iframe block-list block-markdown block-template block-tree"
                            + " block-workbench calendar client collection-sql collection-tree data-source-main"
                            + " data-source-manager data-visualization environment-variables error-handler field-formula"
                            + " field-markdown-vditor field-sequence field-sort file-manager file-previewer-office"
                            + " flow-engine gantt idp-oauth kanban license logger mcp-server mobile"
                            + " notification-in-app-message notification-manager system-settings text-copy theme-editor"
                            + " ui-layout ui-schema-storage ui-templates user-data-sync users verification workflow"
                            + " workflow-action-trigger workflow-aggregate workflow-cc workflow-custom-action-trigger"
                            + " workflow-date-calculation workflow-delay workflow-javascript workflow-json-query"
                            + " workflow-json-variable-mapping workflow-loop workflow-mailer workflow-manual"
                            + " workflow-notification workflow-parallel workflow-request workflow-request-interceptor"
                            + " workflow-response-message workflow-sql workflow-variable")
                    .split(" "));

    private static final List<String> BROUGHT = List.of(
            ("embed field-attachment-url field-china-region field-code field-m2m-array form-drafts graph-collection-manager"
                            + " locale-tester localization map multi-app-manager multi-keyword-filter notification-email"
                            + " public-forms workflow-dynamic-calculation")
                    .split(" "));

    private static final String PREFIX = "@nocobase/plugin-";

    private SimulatedPlugins() {}

    /** The recorded plugins, by name. */
    static Map<String, Plugin> recorded(SimulatedDatabase database) {
        Map<String, Plugin> plugins = new TreeMap<>();
        if (database.version() != null) {
            BUILT_IN.forEach(name -> plugins.put(
                    name, new Plugin(name, PREFIX + name, database.version().toString(), true, true, true)));
            plugins.putAll(database.plugins());
        }
        return plugins;
    }

    static List<String> enabled(SimulatedDatabase database) {
        return recorded(database).values().stream()
                .filter(Plugin::enabled)
                .map(Plugin::name)
                .toList();
    }

    /** The plugin as it is, recorded or only present as a package; empty if it is neither. */
    static Optional<Plugin> find(WorldState world, String name) {
        Optional<Plugin> recorded = recorded(world.database).values().stream()
                .filter(plugin -> plugin.is(name))
                .findFirst();
        return recorded.or(
                () -> present(world).filter(plugin -> plugin.is(name)).findFirst());
    }

    private static java.util.stream.Stream<Plugin> present(WorldState world) {
        Version version = world.nodes.get(0).version;
        return java.util.stream.Stream.concat(
                BROUGHT.stream().map(name -> new Plugin(name, PREFIX + name, version.toString(), false, false, false)),
                world.packages.entrySet().stream()
                        .map(added ->
                                new Plugin(added.getKey(), added.getKey(), added.getValue(), false, false, false)));
    }

    static boolean broken(String name) {
        return name.endsWith("-broken");
    }

    /** Whether the world is already as the change says. */
    static boolean reached(WorldState world, PluginChange change) {
        Optional<Plugin> plugin = find(world, change.name());
        return switch (change.kind()) {
            case ENABLE -> plugin.filter(Plugin::enabled).isPresent();
            case DISABLE -> plugin.filter(found -> !found.enabled()).isPresent();
            case REMOVE -> plugin.isEmpty();
            case ADD -> plugin.isPresent() && world.packages.containsKey(change.name());
            case UPDATE -> change.source().equals(world.sources.get(change.name()));
        };
    }

    /** The command ended well. */
    static void apply(WorldState world, PluginChange change) {
        Map<String, Plugin> changed = new LinkedHashMap<>(world.database.plugins());
        Optional<Plugin> found = find(world, change.name());
        switch (change.kind()) {
            case ENABLE -> found.ifPresent(plugin -> changed.put(plugin.name(), switched(plugin, true)));
            case DISABLE -> found.ifPresent(plugin -> changed.put(plugin.name(), switched(plugin, false)));
            case REMOVE -> {
                found.ifPresent(plugin -> changed.remove(plugin.name()));
                world.packages.remove(change.name());
                world.sources.remove(change.name());
            }
            case ADD, UPDATE -> {
                String version = versionOf(change);
                world.packages.put(change.name(), version);
                world.sources.put(change.name(), change.source());
                found.filter(plugin -> changed.containsKey(plugin.name()))
                        .ifPresent(plugin -> changed.put(plugin.name(), versioned(plugin, version)));
            }
        }
        world.database = world.database.with(changed);
    }

    private static Plugin switched(Plugin plugin, boolean enabled) {
        return new Plugin(
                plugin.name(),
                plugin.packageName(),
                plugin.version(),
                enabled,
                enabled || plugin.installed(),
                plugin.builtIn());
    }

    private static Plugin versioned(Plugin plugin, String version) {
        return new Plugin(
                plugin.name(), plugin.packageName(), version, plugin.enabled(), plugin.installed(), plugin.builtIn());
    }

    /** What a package's file name or the registry's source tells. */
    private static String versionOf(PluginChange change) {
        java.util.regex.Matcher matcher =
                java.util.regex.Pattern.compile("\\d+\\.\\d+\\.\\d+").matcher(change.source());
        return matcher.find() ? matcher.group() : "1.0.0";
    }
}
