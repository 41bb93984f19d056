package nocobase.procedures.cluster;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nocobase.procedures.language.Messages;

/**
 * No two clusters have the same containers or the same database: each would be stopped, upgraded or restored under the other's
 * feet. What can be told from the configuration alone is refused at the start.
 */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = SeparateClusters.Validator.class)
@interface SeparateClusters {

    String message() default "";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** Compares each cluster with each. */
    final class Validator implements ConstraintValidator<SeparateClusters, Map<String, ClusterSettings>> {

        private static final Messages MESSAGES = Messages.of("cluster");

        @Override
        public boolean isValid(Map<String, ClusterSettings> clusters, ConstraintValidatorContext context) {
            Optional<String> overlap = overlap(clusters);
            overlap.ifPresent(text -> {
                context.disableDefaultConstraintViolation();
                context.buildConstraintViolationWithTemplate(text).addConstraintViolation();
            });
            return overlap.isEmpty();
        }

        private static Optional<String> overlap(Map<String, ClusterSettings> clusters) {
            List<String> names = clusters.entrySet().stream()
                    .filter(entry -> entry.getValue().runtime() == ClusterSettings.Kind.DOCKER
                            && entry.getValue().isComplete())
                    .map(Map.Entry::getKey)
                    .toList();
            for (String one : names) {
                for (String other : names) {
                    Optional<String> found = one.equals(other)
                            ? Optional.empty()
                            : overlap(one, clusters.get(one), other, clusters.get(other));
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        }

        private static Optional<String> overlap(
                String one, ClusterSettings oneHas, String other, ClusterSettings otherHas) {
            if (sameDatabase(oneHas.database(), otherHas.database())) {
                return Optional.of(MESSAGES.text(
                        "settings.sameDatabase", one, other, oneHas.database().name()));
            }
            return shared(engines(oneHas.docker()), engines(otherHas.docker()))
                            && fitsAllOf(oneHas.nodes(), otherHas.nodes())
                    ? Optional.of(MESSAGES.text("settings.sameNodes", one, other))
                    : Optional.empty();
        }

        private static boolean sameDatabase(DatabaseSettings one, DatabaseSettings other) {
            return one.name() != null
                    && one.name().equals(other.name())
                    && one.host() != null
                    && one.host().equalsIgnoreCase(other.host())
                    && one.port() == other.port();
        }

        private static Set<String> engines(DockerSettings docker) {
            return docker.hosts().isEmpty()
                    ? Set.of(docker.host())
                    : docker.hosts().values().stream()
                            .map(DockerSettings.Host::url)
                            .collect(Collectors.toSet());
        }

        private static boolean shared(Set<String> some, Set<String> others) {
            return some.stream().anyMatch(others::contains);
        }

        /** Whether each container that the other's selectors fit is one of this cluster's as well. */
        private static boolean fitsAllOf(NodesSettings one, NodesSettings other) {
            return other.labels().entrySet().containsAll(one.labels().entrySet())
                    && (blank(one.composeProject()) || one.composeProject().equals(other.composeProject()))
                    && (one.composeServices().isEmpty()
                            || (!other.composeServices().isEmpty()
                                    && one.composeServices().containsAll(other.composeServices())));
        }

        private static boolean blank(String text) {
            return text == null || text.isBlank();
        }
    }
}
