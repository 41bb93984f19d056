package nocobase.procedures;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.AbstractApplicationContext;

/** How settings are read: nothing below {@code procedures} is passed over. */
@Configuration(proxyBeanMethods = false)
class ConfigurationRules {

    /** Static: settings are read before other beans are made. */
    @Bean
    static ConfigurationPropertiesBindHandlerAdvisor refuseUnknownKeys() {
        return UnknownKeys::new;
    }

    /** What annotations of settings name as {@code {cluster.settings.image}} is said in the installation's language. */
    @Bean(AbstractApplicationContext.MESSAGE_SOURCE_BEAN_NAME)
    static MessageSource settingsMessages() {
        return new SettingsMessages();
    }
}
