package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Fault.inTime;
import static nocobase.procedures.campaign.Fault.whenAsked;

import java.time.Duration;
import nocobase.procedures.campaign.Fault.Tolerated;
import nocobase.procedures.docker.DockerScene;

/** NocoBase's database is not as it was. */
final class DatabaseFaults {

    private DatabaseFaults() {}

    /** Each new connection to the server takes three seconds. */
    static Fault slow(Duration lasts) {
        return inTime(
                        "database server slow for " + lasts.toSeconds() + " s (3 s for each new connection)",
                        "waits, or asks",
                        lasts,
                        stage -> delay(stage, "3"),
                        stage -> delay(stage, "0"))
                .tolerating(Tolerated.QUESTION, Tolerated.SILENT_ENGINE);
    }

    private static void delay(Stage stage, String seconds) {
        Databases.asAdministrator(stage.scene.docker, "alter system set post_auth_delay = " + seconds);
        Databases.asAdministrator(stage.scene.docker, "select pg_reload_conf()");
    }

    static Fault withoutPrivileges() {
        return whenAsked(
                "NocoBase's role may not create databases any more",
                "asks, saying what to grant",
                stage ->
                        Databases.asAdministrator(stage.scene.docker, "alter role " + DockerScene.ROLE + " nocreatedb"),
                stage -> Databases.asAdministrator(stage.scene.docker, "alter role " + DockerScene.ROLE + " createdb"));
    }

    /** Where the database and its clone are. */
    static Fault diskFull() {
        return full("the database's disk is full", "/small");
    }

    /** Where dumps and archives go. */
    static Fault restorePointsFull() {
        return full("the restore points' disk is full", "/restore-points");
    }

    private static Fault full(String name, String disk) {
        return whenAsked(
                name,
                "asks; goes on when there is room",
                stage -> SmallDisks.fill(stage.scene.docker, disk),
                stage -> SmallDisks.makeRoom(stage.scene.docker, disk));
    }

    static Fault dumpTruncated() {
        return copyDamaged(
                "durable copy damaged after it was written", "found before traffic returns; taken again", """
                truncate -s -10 "$file"
                """);
    }

    static Fault bitFlipped() {
        return copyDamaged(
                "one bit of the durable copy altered after it was written", "found before the clone is dropped", """
                perl -e 'open(F, "+<", $ARGV[0]) or die; seek(F, 1000, 0); read(F, $b, 1); seek(F, 1000, 0);
                         print F chr(ord($b) ^ 4)' "$file"
                ! sha256sum --quiet -c SHA256SUMS
                """);
    }

    /** @param damage done to the largest file of a table's data, when the copy is complete */
    private static Fault copyDamaged(String name, String expected, String damage) {
        return whenAsked(
                name,
                expected,
                stage -> Shell.onVolume(
                        stage.scene.docker.name() + "-restore-points", """
                        cd /volume/*/%s
                        for i in $(seq 200); do [ -e SHA256SUMS ] && break; sleep 0.1; done
                        file=$(ls -S $(find . -path '*database-1/*.dat*' -o -path '*database-1/*.gz') | head -1)
                        """.formatted(stage.scene.operation()) + damage),
                stage -> {});
    }
}
