package nocobase.procedures.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

/**
 * Gives a page of Camunda's web applications the nonce that its own security policy names. Camunda 7.24 keeps the last
 * nonce in the servlet context, for all requests together: another request at that moment (each open Tasklist asks all the
 * time) gives the page a foreign one, the browser refuses its scripts, and the person sees a blank page.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class PageNonce extends OncePerRequestFilter {

    private static final Pattern PAGE = Pattern.compile("/camunda/app/[a-z]+/[^/]+/");
    private static final Pattern PROMISED = Pattern.compile("'nonce-([A-Za-z0-9_=+/-]+)'");
    private static final Pattern WRITTEN = Pattern.compile("nonce=\"[^\"]*\"");

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !PAGE.matcher(request.getRequestURI()
                        .substring(request.getContextPath().length()))
                .matches();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        ContentCachingResponseWrapper page = new ContentCachingResponseWrapper(response);
        chain.doFilter(request, page);
        String policy = page.getHeader("Content-Security-Policy");
        Matcher promised = PROMISED.matcher(policy == null ? "" : policy);
        if (!promised.find() || page.getContentSize() == 0) {
            page.copyBodyToResponse();
            return;
        }
        String html = new String(page.getContentAsByteArray(), StandardCharsets.UTF_8);
        byte[] mended = WRITTEN.matcher(html)
                .replaceAll(Matcher.quoteReplacement("nonce=\"" + promised.group(1) + "\""))
                .getBytes(StandardCharsets.UTF_8);
        page.resetBuffer();
        page.getOutputStream().write(mended);
        page.copyBodyToResponse();
    }
}
