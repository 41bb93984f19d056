package nocobase.procedures.campaign;

import nocobase.procedures.docker.DockerScene;

/** The disks of a stage with {@link Stage.Setting#SMALL_DISKS}, which can be filled to the last byte without harm to the host. */
final class SmallDisks {

    private SmallDisks() {}

    /** NocoBase's database, and all clones of it, on the small disk; the server's other databases stay where they are. */
    static void moveIn(DockerScene docker) {
        Shell.in(docker.databaseContainer(), "mkdir /small/data && chown postgres /small/data");
        Databases.asAdministrator(
                docker, "create tablespace small owner " + DockerScene.ROLE + " location '/small/data'");
        Databases.asAdministrator(docker, "alter database " + DockerScene.DATABASE + " set tablespace small");
    }

    /** @param disk where the database's container sees it */
    static void fill(DockerScene docker, String disk) {
        String said = Shell.in(
                docker.databaseContainer(), "dd if=/dev/zero of=" + disk + "/filled bs=64k 2>&1; df -k " + disk);
        if (!said.contains("No space left on device") || !said.contains("100%")) {
            throw new IllegalStateException("The disk could not be filled: " + said);
        }
    }

    static void makeRoom(DockerScene docker, String disk) {
        Shell.in(docker.databaseContainer(), "rm -f " + disk + "/filled");
    }
}
