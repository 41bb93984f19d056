package nocobase.procedures.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.config.annotation.ViewControllerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** People who type only the host's name want their tasks; the status view has a short address. */
@Configuration(proxyBeanMethods = false)
class StartPage implements WebMvcConfigurer {

    @Override
    public void addViewControllers(ViewControllerRegistry registry) {
        registry.addRedirectViewController("/", "/camunda/app/tasklist/default/");
        registry.addViewController("/status").setViewName("forward:/status/index.html");
        registry.addRedirectViewController("/status/", "/status");
        registry.addRedirectViewController("/favicon.ico", "/camunda/favicon.ico");
        // Whoever comes here has been asked for name and password: the status view is open to this browser now.
        registry.addRedirectViewController("/api/login", "/status");
    }
}
