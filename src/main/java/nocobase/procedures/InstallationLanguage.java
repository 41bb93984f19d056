package nocobase.procedures;

import java.util.Locale;
import nocobase.procedures.language.Language;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Sets the language before anything is said: {@code procedures.language} is {@code en} or {@code pt-BR}; where it is not
 * set, a machine whose locale is Portuguese speaks Portuguese, every other one English.
 */
final class InstallationLanguage implements EnvironmentPostProcessor {

    static final String KEY = "procedures.language";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        // Also for the refusal of an unknown one.
        Language.speak(Language.of(null, Locale.getDefault()));
        Language.speak(Language.of(environment.getProperty(KEY), Locale.getDefault()));
    }
}
