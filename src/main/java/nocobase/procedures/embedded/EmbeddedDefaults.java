package nocobase.procedures.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * Adds the defaults of {@code embedded-default.yaml} where the embedded database is used. They are the weakest of all
 * settings; the rehearsal cluster among them is left out as soon as any cluster is configured.
 */
final class EmbeddedDefaults implements EnvironmentPostProcessor, Ordered {

    private static final String CLUSTERS = "procedures.clusters";
    private static final String FILE = "embedded-default.yaml";

    /** After the configuration files were read: they may name a database. */
    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 1;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (!NoDatabaseConfigured.in(environment)) {
            return;
        }
        boolean clustersConfigured = Binder.get(environment)
                .bind(CLUSTERS, Bindable.mapOf(String.class, Object.class))
                .isBound();
        Map<String, Object> defaults = read();
        if (clustersConfigured) {
            defaults.keySet().removeIf(key -> key.startsWith(CLUSTERS + "."));
        }
        environment.getPropertySources().addLast(new MapPropertySource(FILE, defaults));
    }

    private static Map<String, Object> read() {
        Map<String, Object> defaults = new LinkedHashMap<>();
        try {
            for (var source : new YamlPropertySourceLoader().load(FILE, new ClassPathResource(FILE))) {
                EnumerablePropertySource<?> properties = (EnumerablePropertySource<?>) source;
                for (String name : properties.getPropertyNames()) {
                    defaults.put(name, properties.getProperty(name));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + FILE + " inside the engine cannot be read.", e);
        }
        return defaults;
    }
}
