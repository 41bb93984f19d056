package nocobase.procedures.balancer;

import java.util.List;

/**
 * Where nginx finds a node.
 *
 * @param node the node's name
 * @param name the name that nginx resolves to it, or null if it resolves none
 * @param hosts its addresses as nginx's container sees them, IPv6 ones in brackets; at least one
 */
record Address(String node, String name, List<String> hosts, int port) {

    /**
     * By name where there is one: addresses change when containers are started in another order, after a reboot say. nginx
     * resolves it when it loads. That newer ones can resolve it again while they run ({@code resolve}) is not used: requests
     * got 502 at the moment when the first answer of the name server came (seen with 1.30.6).
     */
    String server() {
        return name == null ? byAddress() : name + ":" + port;
    }

    /**
     * By address: nginx does not start with a name that does not resolve, and behind the 503 page the node may stop at any
     * time. The page must survive a restart of nginx.
     */
    String byAddress() {
        return hosts.get(0) + ":" + port;
    }

    /** As {@code $upstream_addr} shows it. */
    boolean is(String upstream) {
        return hosts.stream().anyMatch(host -> upstream.equals(host + ":" + port));
    }
}
