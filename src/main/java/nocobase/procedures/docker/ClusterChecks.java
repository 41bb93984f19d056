package nocobase.procedures.docker;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.Version;
import nocobase.procedures.docker.HostNodes.Look;
import nocobase.procedures.language.Messages;

/** The runtime's part of the preconditions: each Docker host for itself, and all nodes together. */
final class ClusterChecks {

    private static final Messages MESSAGES = Messages.of("docker");

    private final Hosts<HostNodes> hosts;

    ClusterChecks(Hosts<HostNodes> hosts) {
        this.hosts = hosts;
    }

    /** @param looked null if the host did not answer */
    private record OfHost(Look looked, List<Check> checks) {}

    List<Check> run(Version target) {
        List<OfHost> looked = hosts.ask(host -> look(host, target));
        List<Check> checks = new ArrayList<>();
        looked.forEach(host -> checks.addAll(host.checks()));
        List<NodeContainer> selected = looked.stream()
                .filter(host -> host.looked() != null)
                .flatMap(host -> host.looked().selected().stream())
                .toList();
        if (looked.stream().anyMatch(host -> host.looked() != null)) {
            checks.addAll(new NodeChecks(selected).run());
            if (hosts.all().size() > 1) {
                checks.add(Check.warn(
                        MESSAGES.text("hosts.storageName"),
                        MESSAGES,
                        "hosts.storage.",
                        hosts.all().size()));
            }
        }
        return checks;
    }

    private OfHost look(HostNodes host, Version target) {
        Look look = null;
        Check fault;
        try {
            look = host.look();
            return new OfHost(look, named(host, host.check(target, look).stream()));
        } catch (EngineFault e) {
            fault = RuntimeChecks.unreachable(e);
        } catch (EngineFailure e) {
            fault = RuntimeChecks.failing(e);
        }
        return new OfHost(look, named(host, Stream.of(fault)));
    }

    private List<Check> named(HostNodes host, Stream<Check> checks) {
        return checks.map(check -> hosts.all().size() == 1
                        ? check
                        : new Check(
                                MESSAGES.text("hosts.checkName", check.name(), host.name()),
                                check.result(),
                                check.finding(),
                                check.remedy()))
                .toList();
    }
}
