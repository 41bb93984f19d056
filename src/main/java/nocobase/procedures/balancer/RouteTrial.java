package nocobase.procedures.balancer;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.cluster.Containers.ExecResult;

/** Shows routes to nginx's own test, with all the owner's files, in a copy of its configuration. */
final class RouteTrial {

    private static final String SCRIPT = Script.read("try-routes.sh");
    private static final Pattern SECTION = Pattern.compile("(?m)^=== (\\S+) (\\d+)$");

    private final Nginx nginx;
    private final String work;

    RouteTrial(Nginx nginx, String cluster) {
        this.nginx = nginx;
        this.work = "/tmp/ncp-trial-" + cluster;
    }

    /**
     * What nginx said.
     *
     * @param bare of its configuration without any route of ours
     * @param included whether it reads our file
     * @param routes by name
     */
    record Said(ExecResult bare, boolean included, Map<String, ExecResult> routes) {}

    /** Empty where nginx's container lacks what that takes: a shell, and the common tools. */
    Optional<Said> of(String fileName, Map<String, Configuration> routes) {
        if (!nginx.exec("sh", "-c", "rm -rf \"$0\" && mkdir \"$0\" && command -v sed && command -v grep", work)
                .succeeded()) {
            return Optional.empty();
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        routes.forEach((name, route) -> files.put(
                work + "/" + name + ".conf", route.files().get(fileName).getBytes(StandardCharsets.UTF_8)));
        nginx.writeAll(files);
        return said(nginx.sh(SCRIPT, "try-routes.sh", work, fileName, List.copyOf(routes.keySet())));
    }

    private static Optional<Said> said(ExecResult result) {
        Map<String, ExecResult> sections = new LinkedHashMap<>();
        Matcher section = SECTION.matcher(result.output());
        int from = -1;
        String name = "";
        int code = 0;
        while (section.find()) {
            if (from >= 0) {
                sections.put(name, new ExecResult(code, result.output().substring(from, section.start())));
            }
            name = section.group(1);
            code = Integer.parseInt(section.group(2));
            from = section.end();
        }
        if (from >= 0) {
            sections.put(name, new ExecResult(code, result.output().substring(from)));
        }
        ExecResult bare = sections.remove("bare");
        ExecResult included = sections.remove("included");
        return bare == null || included == null
                ? Optional.empty()
                : Optional.of(new Said(bare, included.succeeded(), sections));
    }
}
