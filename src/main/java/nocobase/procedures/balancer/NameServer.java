package nocobase.procedures.balancer;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name server that nginx may ask while it runs. Only nginx 1.27.3 and newer resolve the names of an upstream again
 * ({@code server … resolve}, http://nginx.org/en/docs/http/ngx_http_upstream_module.html#resolve); an older one resolves them
 * when it loads, and does not start while one of them is gone.
 */
final class NameServer {

    private static final Pattern VERSION = Pattern.compile("nginx/(\\d+)\\.(\\d+)\\.(\\d+)");
    private static final Pattern SERVER =
            Pattern.compile("^\\s*nameserver\\s+([0-9A-Fa-f.:]+)\\s*$", Pattern.MULTILINE);

    private NameServer() {}

    /**
     * @param version output of {@code nginx -v}
     * @param resolvConf content of nginx's {@code /etc/resolv.conf}, or null
     */
    static Optional<String> usable(String version, byte[] resolvConf) {
        if (resolvConf == null || !resolvesAgain(version)) {
            return Optional.empty();
        }
        Matcher server = SERVER.matcher(new String(resolvConf, StandardCharsets.UTF_8));
        return server.find()
                ? Optional.of(server.group(1).contains(":") ? "[" + server.group(1) + "]" : server.group(1))
                : Optional.empty();
    }

    private static boolean resolvesAgain(String version) {
        Matcher found = VERSION.matcher(version);
        if (!found.find()) {
            return false;
        }
        long number = Long.parseLong(found.group(1)) * 1_000_000
                + Long.parseLong(found.group(2)) * 1_000
                + Long.parseLong(found.group(3));
        return number >= 1_027_003;
    }
}
