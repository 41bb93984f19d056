package nocobase.procedures.rehearsal;

import nocobase.procedures.cluster.Version;

/**
 * NocoBase's database.
 *
 * @param version what {@code applicationVersion} says, or null before the first installation
 * @param schema the newest version whose migrations were applied; an older image does not take them back
 * @param damage message of the migration that broke it, or null while it is whole
 */
record SimulatedDatabase(Version version, Version schema, String damage) {

    static final String NAME = "nocobase";

    static SimulatedDatabase of(Version version) {
        return new SimulatedDatabase(version, version, null);
    }

    static SimulatedDatabase empty() {
        return new SimulatedDatabase(null, null, null);
    }

    SimulatedDatabase startedBy(Version image) {
        return new SimulatedDatabase(image, newest(image), damage);
    }

    SimulatedDatabase brokenBy(Version image, String message) {
        return new SimulatedDatabase(version, newest(image), message);
    }

    private Version newest(Version image) {
        return schema == null || schema.isBelow(image) ? image : schema;
    }
}
