package nocobase.procedures.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import nocobase.procedures.security.ErrorPage;
import org.springframework.boot.autoconfigure.web.servlet.error.ErrorViewResolver;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.ModelAndView;

/** What Camunda's applications and our own pages refuse ends on a page of ours. */
@Component
class ErrorPages implements ErrorViewResolver {

    @Override
    public ModelAndView resolveErrorView(HttpServletRequest request, HttpStatus status, Map<String, Object> model) {
        return new ModelAndView((values, asked, response) -> ErrorPage.write(response, status.value()));
    }
}
