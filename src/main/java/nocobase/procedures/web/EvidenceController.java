package nocobase.procedures.web;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Collectors;
import nocobase.procedures.audit.Evidence;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** The evidence packs: all of them in a list, and each as a file to read, print or keep. */
@RestController
class EvidenceController {

    private static final String STYLE =
            "body{font:16px/1.6 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}";

    private final Evidence evidence;

    EvidenceController(Evidence evidence) {
        this.evidence = evidence;
    }

    /** @param asked {@code download} where it is to be kept as a file */
    @GetMapping("/evidence/{operation}")
    ResponseEntity<String> read(@PathVariable String operation, @RequestParam Map<String, String> asked) {
        ContentDisposition file = (asked.containsKey("download")
                        ? ContentDisposition.attachment()
                        : ContentDisposition.inline())
                .filename("evidence-" + operation + ".html")
                .build();
        return evidence.find(operation)
                .map(page -> page(page, file))
                .orElseGet(() -> ResponseEntity.notFound().build());
    }

    @GetMapping("/evidence/")
    ResponseEntity<String> all() {
        Map<String, Instant> packs = evidence.all();
        String rows = packs.entrySet().stream()
                .map(pack -> {
                    String operation = HtmlUtils.htmlEscape(pack.getKey());
                    return "<li><a href=\"/evidence/%1$s\">%1$s</a>, %2$s · <a href=\"/evidence/%1$s?download\">download</a></li>"
                            .formatted(operation, pack.getValue().truncatedTo(ChronoUnit.SECONDS));
                })
                .collect(Collectors.joining("\n"));
        return page(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Evidence packs</title><style>"
                        + STYLE + "</style></head><body><h1>Evidence packs</h1>\n"
                        + (packs.isEmpty() ? "<p>No procedure has ended yet.</p>" : "<ul>" + rows + "</ul>")
                        + "<p><a href=\"/status\">Status view</a></p></body></html>\n",
                ContentDisposition.inline().filename("evidence.html").build());
    }

    private static ResponseEntity<String> page(String html, ContentDisposition file) {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.CONTENT_DISPOSITION, file.toString())
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .body(html);
    }
}
