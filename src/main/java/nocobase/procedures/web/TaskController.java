package nocobase.procedures.web;

import nocobase.procedures.process.task.TakeOvers;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** What people do with tasks beside Tasklist's own: take one over from a colleague. */
@RestController
class TaskController {

    private final TakeOvers takeOvers;

    TaskController(TakeOvers takeOvers) {
        this.takeOvers = takeOvers;
    }

    /**
     * Whether a task can be taken over.
     *
     * @param from who has claimed it; null where there is nothing to take over for this person
     */
    record Offer(String from) {}

    /** Why. */
    record Taking(String reason) {}

    @GetMapping("/api/tasks/{task}/take-over")
    ResponseEntity<Offer> offer(@PathVariable String task, Authentication person) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .body(new Offer(takeOvers.from(task, person.getName()).orElse(null)));
    }

    @PostMapping(path = "/api/tasks/{task}/take-over", consumes = MediaType.APPLICATION_JSON_VALUE)
    Message take(@PathVariable String task, @RequestBody Taking taking, Authentication person) {
        return new Message(takeOvers.take(task, person.getName(), taking.reason()));
    }
}
