package nocobase.procedures.rehearsal;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nocobase.procedures.cluster.Plugin;
import nocobase.procedures.cluster.Version;

/**
 * NocoBase's database.
 *
 * @param version what {@code applicationVersion} says, or null before the first installation
 * @param schema the newest version whose migrations were applied; an older image does not take them back
 * @param damage message of the migration that broke it, or null while it is whole
 * @param plugins the recorded plugins that are not as an installation leaves them, by name
 * @param foreign names of tables that are not NocoBase's
 * @param half whether an installation began and never ended
 * @param fresh whether no node started since the installation: the first one that does records further migrations, and
 *     several at once collide in that (measured with 2.2.15)
 */
record SimulatedDatabase(
        Version version,
        Version schema,
        String damage,
        Map<String, Plugin> plugins,
        List<String> foreign,
        boolean half,
        boolean fresh) {

    SimulatedDatabase {
        plugins = plugins == null ? Map.of() : new TreeMap<>(plugins);
        foreign = foreign == null ? List.of() : List.copyOf(foreign);
    }

    static final String NAME = "nocobase";

    static SimulatedDatabase of(Version version) {
        return new SimulatedDatabase(version, version, null, Map.of(), List.of(), false, false);
    }

    static SimulatedDatabase empty() {
        return new SimulatedDatabase(null, null, null, Map.of(), List.of(), false, false);
    }

    SimulatedDatabase startedBy(Version image) {
        return new SimulatedDatabase(image, newest(image), damage, plugins, foreign, false, version == null);
    }

    SimulatedDatabase brokenBy(Version image, String message) {
        return new SimulatedDatabase(version, newest(image), message, plugins, foreign, half, fresh);
    }

    SimulatedDatabase halfInstalled() {
        return new SimulatedDatabase(version, schema, damage, plugins, foreign, true, fresh);
    }

    SimulatedDatabase with(Map<String, Plugin> changed) {
        return new SimulatedDatabase(version, schema, damage, changed, foreign, half, fresh);
    }

    private Version newest(Version image) {
        return schema == null || schema.isBelow(image) ? image : schema;
    }
}
