package nocobase.procedures.balancer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nocobase.procedures.cluster.Containers.ExecResult;

/**
 * Counts the requests that nginx has under way at given nodes: the connections from its network to them, as Linux lists
 * them in {@code /proc/net/tcp}. Since nginx keeps no connection to a node beyond its request ({@code proxy.conf}), one
 * connection is one request.
 *
 * <p>WebSockets are told apart by the keep-alive timer that nginx sets on theirs only ({@code proxy_socket_keepalive} in
 * {@code location = /ws}): the list shows it as kind 02.
 */
final class OpenRequests {

    /** Established or being established, and no keep-alive timer. */
    private static final String ROW = " (%s) 0[12] [0-9A-F]+:[0-9A-F]+ 0[0134]:";

    private static final Pattern COUNT = Pattern.compile("[0-9]+");

    private final Nginx nginx;

    OpenRequests(Nginx nginx) {
        this.nginx = nginx;
    }

    /** Empty if nginx's container cannot tell, for want of {@code grep}. */
    OptionalInt at(List<Address> nodes) {
        String pattern = ROW.formatted(nodes.stream()
                .flatMap(node -> node.hosts().stream().map(host -> row(host, node.port())))
                .collect(Collectors.joining("|")));
        // Without an IPv6 table grep's exit code tells of it, and the other table is counted all the same.
        ExecResult counted = nginx.exec("grep", "-shcE", pattern, "/proc/net/tcp", "/proc/net/tcp6");
        List<Integer> counts = counted.output()
                .lines()
                .map(String::strip)
                .filter(line -> COUNT.matcher(line).matches())
                .map(Integer::valueOf)
                .toList();
        return counts.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(counts.stream().mapToInt(Integer::intValue).sum());
    }

    /**
     * An address as the kernel prints it: words of four bytes in the processor's own order, which is little-endian wherever
     * Docker is common. An IPv4 address is found in the IPv6 table too, mapped.
     */
    static String row(String host, int port) {
        try {
            byte[] bytes = InetAddress.getByName(host).getAddress();
            ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            String address = IntStream.range(0, bytes.length / 4)
                    .mapToObj(word -> "%08X".formatted(words.getInt()))
                    .collect(Collectors.joining());
            String mapped = bytes.length == 4 ? "(0000000000000000FFFF0000)?" : "";
            return mapped + address + ":" + "%04X".formatted(port);
        } catch (UnknownHostException unresolved) {
            throw new IllegalArgumentException("\"" + host + "\" is not an address", unresolved);
        }
    }
}
