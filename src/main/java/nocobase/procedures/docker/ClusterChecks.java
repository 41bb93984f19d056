package nocobase.procedures.docker;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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
            checks.add(addresses(looked));
        }
        return checks;
    }

    /** Nodes on a host's own network, or on one container's, are one address to everybody who asks. */
    private static Check addresses(List<OfHost> looked) {
        Map<URI, List<String>> byAddress = new TreeMap<>();
        looked.stream()
                .map(OfHost::looked)
                .filter(Objects::nonNull)
                .forEach(look -> NodeSelection.nodesAmong(look.selected())
                        .forEach(node -> look.host()
                                .address(node)
                                .ifPresent(address -> byAddress
                                        .computeIfAbsent(address, any -> new ArrayList<>())
                                        .add(node.name()))));
        return addresses(byAddress);
    }

    /** @param byAddress the nodes that are reached there */
    static Check addresses(Map<URI, List<String>> byAddress) {
        String name = MESSAGES.text("addresses.name");
        return byAddress.entrySet().stream()
                .filter(nodes -> nodes.getValue().size() > 1)
                .findFirst()
                .map(nodes -> Check.fail(
                        name,
                        MESSAGES,
                        "addresses.shared.",
                        String.join(", ", nodes.getValue()),
                        nodes.getKey().getAuthority()))
                .orElseGet(() -> Check.pass(name, MESSAGES.text("addresses.good")));
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
                        : check.named(MESSAGES.text("hosts.checkName", check.name(), host.name())))
                .toList();
    }
}
