package nocobase.procedures;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How settings are read: nothing below {@code procedures} is passed over. */
@Configuration(proxyBeanMethods = false)
class ConfigurationRules {

    /** Static: settings are read before other beans are made. */
    @Bean
    static ConfigurationPropertiesBindHandlerAdvisor refuseUnknownKeys() {
        return UnknownKeys::new;
    }
}
