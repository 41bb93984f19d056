package nocobase.procedures.web;

import java.util.Map;
import nocobase.procedures.audit.Evidence;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The evidence packs: all of them in a list, and each as a file to read, print or keep. */
@RestController
class EvidenceController {

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
                .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
    }

    /** @param asked {@code cluster}, {@code procedure}, and words to search for in {@code q} */
    @GetMapping("/evidence/")
    ResponseEntity<String> all(@RequestParam Map<String, String> asked) {
        EvidenceList list = new EvidenceList(
                evidence.all(),
                new EvidenceList.Asked(
                        asked.getOrDefault("cluster", ""),
                        asked.getOrDefault("procedure", ""),
                        asked.getOrDefault("q", "")));
        return page(
                list.page(),
                ContentDisposition.inline().filename("evidence.html").build());
    }

    private static ResponseEntity<String> page(String html, ContentDisposition file) {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header(HttpHeaders.CONTENT_DISPOSITION, file.toString())
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:")
                .body(html);
    }
}
