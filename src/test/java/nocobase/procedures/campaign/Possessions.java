package nocobase.procedures.campaign;

import com.github.dockerjava.api.model.Container;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import nocobase.procedures.UpgradeScene;
import nocobase.procedures.docker.DockerScene;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What is there when no procedure runs, and belongs to nobody. */
final class Possessions {

    private static final Duration UPKEEP = Duration.ofSeconds(30);

    private final Stage stage;
    private final UpgradeScene scene;
    private final List<String> surplus = new ArrayList<>();

    Possessions(Stage stage) {
        this.stage = stage;
        this.scene = stage.scene;
    }

    List<String> surplus() {
        awaitUpkeep();
        containers();
        volumes();
        databases();
        restorePoints();
        balancer();
        return surplus;
    }

    /** What takes longer than a few seconds to remove, the procedure does not wait for. */
    private void awaitUpkeep() {
        String removal = "procedures-" + scene.docker.name() + "-remove";
        try {
            Awaitility.await(removal)
                    .atMost(UPKEEP)
                    .pollDelay(Duration.ZERO)
                    .until(() -> names().stream().noneMatch(name -> name.startsWith(removal)));
        } catch (ConditionTimeoutException e) {
            surplus.add("it takes more than " + UPKEEP.toSeconds() + " s to remove old restore points");
        }
    }

    private List<String> names() {
        return scene.docker.containers().stream()
                .map(Container::getNames)
                .map(names -> names[0].substring(1))
                .toList();
    }

    private void containers() {
        DockerScene docker = scene.docker;
        List<String> owners = Stream.concat(
                        docker.nodes().stream(), Stream.of(docker.databaseContainer(), docker.balancerContainer()))
                .toList();
        List<String> there = names();
        there.stream().filter(name -> !owners.contains(name)).forEach(name -> surplus.add("container " + name));
        owners.stream().filter(name -> !there.contains(name)).forEach(name -> surplus.add("no container " + name));
        docker.nodes().stream().filter(there::contains).forEach(name -> {
            String policy =
                    docker.inspect(name).getHostConfig().getRestartPolicy().getName();
            if (!policy.equals("unless-stopped")) {
                surplus.add("restart policy of " + name + " is " + policy);
            }
        });
    }

    private void volumes() {
        String name = scene.docker.name();
        Set<String> owners = Set.of(
                name + "-storage", name + "-restore-points", name + "-db", name + "-nginx", name + "-small-disk");
        DockerScene.docker().listVolumesCmd().exec().getVolumes().stream()
                .map(volume -> volume.getName())
                .filter(volume -> volume.startsWith(name) && !owners.contains(volume) && !isFence(volume))
                .forEach(volume -> surplus.add("volume " + volume));
    }

    /** Our last sign of life stays, so that an older database is recognised; it is empty, and there is one of it. */
    private boolean isFence(String volume) {
        String fence = scene.docker.node(1) + "-fence-";
        boolean only = DockerScene.docker().listVolumesCmd().exec().getVolumes().stream()
                        .filter(other -> other.getName().startsWith(fence))
                        .count()
                == 1;
        return only && volume.startsWith(fence);
    }

    /** Each one beside the owner's is named by the catalogue, and no more than are to be kept. */
    private void databases() {
        Set<String> owners =
                Set.of("postgres", "template0", "template1", DockerScene.DATABASE, UpgradeScene.ENGINE_DATABASE);
        Set<String> others = new HashSet<>(scene.databases());
        others.removeAll(owners);
        for (String database : others) {
            boolean known = stage.engineDatabase.any(
                            "select 1 from restore_point where record like '%" + database + "%' and state <> 'SPENT'")
                    || stage.engineDatabase.any(
                            "select 1 from restore_point_replaced where record like '%" + database + "%'");
            if (!known) {
                surplus.add("database " + database + ", which no catalogue names");
            }
        }
        if (others.size() > 4) {
            surplus.add("more databases than are to be kept: " + others);
        }
    }

    /** Every durable copy is what it says, and belongs to a restore point that is known. */
    private void restorePoints() {
        Set<String> known = new HashSet<>();
        Set<String> durable = new HashSet<>();
        stage.engineDatabase.rows("select id, state from restore_point").forEach(row -> {
            known.add(row.get(0));
            if (Set.of("VERIFIED", "DUMP_ONLY").contains(row.get(1))) {
                durable.add(row.get(0));
            }
        });
        String found = Shell.onVolume(scene.docker.name() + "-restore-points", """
                cd /volume
                for d in */*/; do
                  [ -d "$d" ] || continue
                  (cd "$d" && [ -e manifest.json ] && sha256sum --quiet -c SHA256SUMS > /dev/null 2>&1) \
                    && echo "good $(basename "$d")" || echo "bad $(basename "$d")"
                done
                find . -maxdepth 2 -type f -printf 'file %P\\n'
                """);
        Set<String> good = new HashSet<>();
        found.lines().filter(line -> !line.isBlank()).forEach(line -> {
            String name = line.substring(line.indexOf(' ') + 1);
            if (line.startsWith("file ")) {
                surplus.add("file " + name + " among the restore points");
            } else if (!known.contains(name)) {
                surplus.add("durable copy " + name + ", which no catalogue names");
            } else if (line.startsWith("good ")) {
                good.add(name);
            }
        });
        durable.stream()
                .filter(id -> !good.contains(id))
                .forEach(id -> surplus.add("restore point " + id + " is called durable, but its copy is damaged"));
    }

    /** No way past the doors is left open, no half-written file lies about. */
    private void balancer() {
        String files = Shell.in(
                scene.docker.balancerContainer(),
                "cd " + DockerScene.BALANCER_DIRECTORY + " && ls -A && grep -l 'under test' *.conf");
        files.lines()
                .filter(line -> !line.isBlank())
                .filter(line -> line.endsWith("~") || line.endsWith(".tmp") || line.endsWith(".new"))
                .forEach(line -> surplus.add("file " + line + " in the balancer's directory"));
    }
}
