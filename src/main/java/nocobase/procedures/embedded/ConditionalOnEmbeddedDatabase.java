package nocobase.procedures.embedded;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/** For beans of the embedded default: there only where no {@code spring.datasource.url} is configured. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Conditional(NoDatabaseConfigured.class)
public @interface ConditionalOnEmbeddedDatabase {}
