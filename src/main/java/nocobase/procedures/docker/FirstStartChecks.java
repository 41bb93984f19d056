package nocobase.procedures.docker;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.language.Messages;

/** What must be so of the nodes before a first start, beyond what {@link NodeChecks} looks at. */
final class FirstStartChecks {

    private static final Messages MESSAGES = Messages.of("docker");

    /**
     * Values that stand in NocoBase's own documentation and examples (your-secret-key in docker-compose files, test-key in
     * .env.example), and what people write in their place before they think.
     */
    private static final Set<String> SAMPLES = Set.of(
            "your-secret-key",
            "your_secret_key",
            "your-app-key",
            "test-key",
            "test-app-key",
            "secret-key",
            "my-secret-key",
            "secret",
            "app-key",
            "app_key",
            "appkey",
            "change-me",
            "change_me",
            "changeme",
            "please-change-me",
            "please_change_me",
            "nocobase",
            "password",
            "12345678");

    private static final int SHORTEST = 16;

    private final List<NodeContainer> nodes;

    FirstStartChecks(List<NodeContainer> nodes) {
        this.nodes = nodes;
    }

    List<Check> run() {
        if (nodes.isEmpty()) {
            return List.of();
        }
        return List.of(appKey(), noneRuns());
    }

    /** That it is there and equal on all nodes is {@link NodeChecks}' part. The value is never told. */
    private Check appKey() {
        String name = "APP_KEY";
        for (NodeContainer node : nodes) {
            String key = node.variables().getOrDefault("APP_KEY", "").strip();
            if (SAMPLES.contains(key.toLowerCase(Locale.ROOT))) {
                return Check.fail(name, MESSAGES, "appKey.sample.", node.name());
            }
        }
        boolean tooShort = nodes.stream()
                .anyMatch(node ->
                        node.variables().getOrDefault("APP_KEY", "").strip().length() < SHORTEST);
        return tooShort
                ? Check.warn(name, MESSAGES, "appKey.short.", SHORTEST)
                : Check.pass(name, MESSAGES.text("appKey.good"));
    }

    private Check noneRuns() {
        String name = MESSAGES.text("noneRuns.name");
        List<String> running = nodes.stream()
                .filter(NodeContainer::running)
                .map(NodeContainer::name)
                .toList();
        return running.isEmpty()
                ? Check.pass(name, MESSAGES.text("noneRuns.good", nodes.size()))
                : Check.warn(name, MESSAGES, "noneRuns.some.", String.join(", ", running));
    }
}
