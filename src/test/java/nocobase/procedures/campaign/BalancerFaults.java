package nocobase.procedures.campaign;

import static nocobase.procedures.campaign.Fault.atOnce;
import static nocobase.procedures.campaign.Fault.whenAsked;

import java.util.Set;
import nocobase.procedures.campaign.Fault.Tolerated;
import nocobase.procedures.cluster.Seen;
import nocobase.procedures.docker.DockerScene;

/** Somebody works on the balancer by hand. */
final class BalancerFaults {

    private BalancerFaults() {}

    static Fault reloadRefused() {
        String file = DockerScene.BALANCER_DIRECTORY + "/zz-by-hand.conf";
        return whenAsked(
                "nginx refuses its configuration (a file beside ours)",
                "asks, with nginx's own words",
                stage -> Shell.in(stage.scene.docker.balancerContainer(), "echo 'by hand' > " + file),
                stage -> Shell.in(stage.scene.docker.balancerContainer(), "rm -f " + file));
    }

    static Fault editedByHand() {
        return atOnce("configuration edited by hand", "written anew with the next route", stage -> {
            String said = Shell.in(
                    stage.scene.docker.balancerContainer(),
                    "cd " + DockerScene.BALANCER_DIRECTORY
                            + " && for file in *.conf; do echo 'by hand' >> \"$file\"; done; nginx -t 2>&1");
            if (!said.contains("emerg")) {
                throw new IllegalStateException("nginx does not mind: " + said);
            }
        });
    }

    static Fault recreated() {
        return atOnce(
                        "balancer's container removed and made again",
                        "serves the same route",
                        stage -> stage.scene.docker.recreateBalancer())
                .over(stage -> Set.of(Seen.Kind.MAINTENANCE_PAGE, Seen.Kind.SERVED)
                        .contains(stage.scene.cluster().balancer().seen().kind()))
                .tolerating(Tolerated.NO_BALANCER);
    }
}
