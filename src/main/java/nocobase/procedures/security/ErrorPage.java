package nocobase.procedures.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import nocobase.procedures.language.Language;
import nocobase.procedures.language.Messages;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.util.HtmlUtils;

/** What a person sees in the browser where there is nothing to see, with the ways on. Programs get the status alone. */
public final class ErrorPage {

    private static final Messages MESSAGES = Messages.of("security");
    private static final int SERVERS_FAULT = 500;
    private static final String STYLE = """
            body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f5f7f9;color:#1d2733}
            main{max-width:34rem;margin:12vh auto 0;padding:2rem;background:#fff;border:1px solid #dde3ea;border-radius:8px}
            h1{font-size:1.4rem;margin:0 0 .5rem}p{margin:0 0 1rem}ul{list-style:none;margin:0;padding:0}
            li{padding:.35rem 0;border-top:1px solid #dde3ea}a{color:#0b5cab}small{color:#52606d}
            @media(max-width:36rem){main{margin:0;min-height:100vh;border:0;border-radius:0}}
            @media(prefers-color-scheme:dark){body,main{background:#15191e;color:#e6eaee}main,li{border-color:#38424d}
            a{color:#7cb8f2}small{color:#a3afba}}
            """;

    private ErrorPage() {}

    /** Answers with this status, and with a page where a browser asked for one. */
    public static void answer(HttpServletRequest request, HttpServletResponse response, int status) throws IOException {
        response.setStatus(status);
        if (wantsPage(request)) {
            write(response, status);
        }
    }

    /** The page alone. */
    public static void write(HttpServletResponse response, int status) throws IOException {
        prepare(response);
        response.getWriter().write(html(status));
    }

    /** What goes before the page. */
    static void prepare(HttpServletResponse response) {
        response.setContentType(MediaType.TEXT_HTML_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'sha256-" + hash() + "'; base-uri 'none'; form-action 'none';"
                        + " frame-ancestors 'none'");
    }

    static boolean wantsPage(HttpServletRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT);
        return "GET".equals(request.getMethod()) && accepted != null && accepted.contains(MediaType.TEXT_HTML_VALUE);
    }

    static String html(int status) {
        String kind = switch (status) {
            case HttpServletResponse.SC_UNAUTHORIZED -> "unknown";
            case HttpServletResponse.SC_FORBIDDEN -> "forbidden";
            case HttpServletResponse.SC_NOT_FOUND -> "missing";
            default -> status < SERVERS_FAULT ? "refused" : "failed";
        };
        return "<!doctype html>\n<html lang=\"" + Language.spoken().toLanguageTag()
                + "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>"
                + text("errorPage." + kind + ".title") + "</title><style>" + STYLE + "</style></head><body><main><h1>"
                + text("errorPage." + kind + ".title") + "</h1><p>" + text("errorPage." + kind + ".text")
                + "</p><ul>"
                + way("/camunda/app/tasklist/default/", "tasks")
                + way("/status", "status")
                + way("/camunda/app/cockpit/default/", "cockpit")
                + way("/camunda/app/admin/default/", "admin")
                + way("/camunda/app/welcome/default/", "account")
                + "</ul><p><small>" + status + "</small></p></main></body></html>\n";
    }

    private static String way(String address, String what) {
        return "<li><a href=\"" + address + "\">" + text("errorPage.way." + what) + "</a></li>";
    }

    private static String text(String key) {
        return HtmlUtils.htmlEscape(MESSAGES.text(key));
    }

    private static String hash() {
        try {
            return Base64.getEncoder()
                    .encodeToString(
                            MessageDigest.getInstance("SHA-256").digest(STYLE.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
