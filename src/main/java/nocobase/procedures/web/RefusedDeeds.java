package nocobase.procedures.web;

import nocobase.procedures.security.Refusal;
import org.camunda.bpm.engine.ProcessEngineException;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** A refusal of ours answers a deed with its text and the status that its code bears. */
@RestControllerAdvice(assignableTypes = {StatusController.class, TaskController.class})
class RefusedDeeds {

    @ExceptionHandler
    ResponseEntity<Message> refused(ProcessEngineException refusal) {
        int status = Refusal.status(refusal).orElseThrow(() -> refusal);
        return ResponseEntity.status(status).body(new Message(refusal.getMessage()));
    }
}
