package nocobase.procedures;

import java.io.File;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import nocobase.procedures.docker.DockerScene;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * The test needs more than a JDK: {@code docker} (an engine and the stand-in images), {@code nocobase} (an engine and the
 * real NocoBase's image), {@code engines} (the right and the programs to start a second Docker engine), {@code compose} (Docker Compose 2), {@code browser} (Chromium). Where the means are missing the test is skipped with a loud message;
 * those listed in {@code -Dtests.required=docker,browser,…} make it fail instead.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Requires.Condition.class)
public @interface Requires {

    /** The means that must be there. */
    String[] value();

    /** Decides whether the test runs. Each of the means is looked for once in a JVM. */
    class Condition implements ExecutionCondition {

        private static final Map<String, Supplier<Optional<String>>> MEANS = Map.of(
                "docker", () -> DockerScene.missing(DockerScene.STAND_IN + ":2.2.15"),
                "compose", DockerScene::missingCompose,
                "engines", DockerScene::missingSecondEngine,
                "nocobase", Condition::missingNocoBase,
                "browser", Condition::missingBrowser);

        private static final Map<String, Optional<String>> FOUND = new ConcurrentHashMap<>();

        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String[] names = AnnotationSupport.findAnnotation(context.getElement(), Requires.class)
                    .map(Requires::value)
                    .orElse(new String[0]);
            for (String name : names) {
                Optional<String> missing = missing(name);
                if (missing.isPresent()) {
                    return refuse(name, missing.get(), context.getDisplayName());
                }
            }
            return ConditionEvaluationResult.enabled("");
        }

        private static ConditionEvaluationResult refuse(String name, String reason, String test) {
            String text = test + " needs \"" + name + "\", which is missing: " + reason;
            if (required().anyMatch(name::equals)) {
                throw new IllegalStateException(text + " (required by -Dtests.required)");
            }
            System.err.println("!!!! NOT RUN: " + text);
            return ConditionEvaluationResult.disabled(text);
        }

        /** The real 2.2.15 and the two layers of our own over it. */
        private static Stream<String> required() {
            return Arrays.stream(System.getProperty("tests.required", "").split(","))
                    .map(String::strip);
        }

        private static Optional<String> missing(String name) {
            Supplier<Optional<String>> means = MEANS.get(name);
            if (means == null) {
                throw new IllegalArgumentException(
                        "@Requires(\"" + name + "\"): one of " + MEANS.keySet() + " expected");
            }
            return FOUND.computeIfAbsent(name, key -> means.get());
        }

        private static Optional<String> missingNocoBase() {
            return Stream.of("2.2.15", "2.2.16", "2.2.17")
                    .map(version -> DockerScene.missing("local/nocobase:" + version))
                    .flatMap(Optional::stream)
                    .findFirst();
        }

        private static Optional<String> missingBrowser() {
            return chromium().isPresent()
                    ? Optional.empty()
                    : Optional.of("no executable chromium on the path, and none named by CHROMIUM");
        }

        /** The browser: {@code CHROMIUM} names the executable; otherwise {@code chromium} is looked for on the path. */
        static Optional<Path> chromium() {
            String configured = System.getenv("CHROMIUM");
            Stream<Path> candidates = configured != null && !configured.isBlank()
                    ? Stream.of(Path.of(configured))
                    : Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                            .map(folder -> Path.of(folder, "chromium"));
            return candidates.filter(Files::isExecutable).findFirst();
        }
    }
}
