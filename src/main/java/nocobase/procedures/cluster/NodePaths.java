package nocobase.procedures.cluster;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where in its address a node's NocoBase answers, as its own settings say: {@code APP_PUBLIC_PATH}, {@code API_BASE_PATH} and
 * {@code WS_PATH}. NocoBase puts the first before the others (packages/core/cli-v1/src/util.js).
 *
 * @param pages begins and ends with a slash
 * @param api begins and ends with a slash
 * @param webSocket begins with a slash
 */
public record NodePaths(String pages, String api, String webSocket) {

    /** Where NocoBase answers unless its owner says otherwise. */
    public static final NodePaths DEFAULT = new NodePaths("/", "/api/", "/ws");

    private static final Pattern PATH = Pattern.compile("/|(/[A-Za-z0-9._~-]+)+/?");

    /** @param environment the variables that NocoBase gets */
    public static NodePaths of(Map<String, String> environment) {
        String before = environment.getOrDefault("APP_PUBLIC_PATH", "/").strip().replaceFirst("/$", "");
        return new NodePaths(
                folder(before),
                folder(before + said(environment, "API_BASE_PATH", DEFAULT.api)),
                path(before + said(environment, "WS_PATH", DEFAULT.webSocket)));
    }

    private static String said(Map<String, String> environment, String variable, String otherwise) {
        String said = environment.getOrDefault(variable, "").strip();
        return path(said.isEmpty() ? otherwise : said);
    }

    private static String path(String text) {
        return text.startsWith("/") ? text : "/" + text;
    }

    private static String folder(String text) {
        String path = path(text);
        return path.endsWith("/") ? path : path + "/";
    }

    /** Whether each of them may stand in a configuration file. */
    public boolean plain() {
        return PATH.matcher(pages).matches()
                && PATH.matcher(api).matches()
                && PATH.matcher(webSocket).matches();
    }

    /** Answers 200 where the node serves. */
    public String health() {
        return api + "__health_check";
    }
}
