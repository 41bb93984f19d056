package nocobase.procedures.security;

import java.io.IOException;
import java.io.Writer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.valves.ErrorReportValve;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * What the server refuses before any of our filters sees it (an address that leads above the root, or is none) ends on a page
 * of ours too. Made by the server, by its name.
 */
public class ServerErrors extends ErrorReportValve {

    private static final int SMALLEST_ERROR = 400;

    /** Has the server use it in place of its own. */
    @Component
    static class Use implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

        @Override
        public void customize(TomcatServletWebServerFactory factory) {
            factory.addContextCustomizers(context ->
                    ((StandardHost) context.getParent()).setErrorReportValveClass(ServerErrors.class.getName()));
        }
    }

    @Override
    protected void report(Request request, Response response, Throwable failure) {
        int status = response.getStatus();
        if (status < SMALLEST_ERROR || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            // Of a request that is not even read to its headers nobody knows what it wants.
            if (ErrorPage.wantsPage(request) || !request.getHeaderNames().hasMoreElements()) {
                ErrorPage.prepare(response);
                Writer page = response.getReporter();
                if (page != null) {
                    page.write(ErrorPage.html(status));
                }
            }
            response.finishResponse();
        } catch (IOException | IllegalStateException gone) {
            // Whoever asked does not listen any more.
            getContainer().getLogger().debug("The page for an error could not be sent", gone);
        }
    }
}
