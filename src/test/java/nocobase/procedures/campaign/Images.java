package nocobase.procedures.campaign;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.DockerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import nocobase.procedures.docker.DockerScene;

/** Stand-in images of as many versions as a campaign needs, each with the fault that it shall have, in a repository of its own. */
final class Images implements AutoCloseable {

    private static final Path APPLICATION = Path.of("src/test/images/stand-in/index.js");
    private static final String MODULES = "/app/nocobase/node_modules/@nocobase/";

    private final DockerClient docker = DockerScene.docker();
    private final String repository =
            "local/campaign-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    private int last = 15;

    Images() {
        make("2.2.15", "none");
    }

    String repository() {
        return repository;
    }

    /** @return a version above all before, that behaves */
    String good() {
        return next("none");
    }

    /** @return a version above all before, with a fault that the stand-in knows */
    String faulty(String fault) {
        return next(fault);
    }

    private String next(String fault) {
        return make("2.2." + ++last, fault);
    }

    private String make(String version, String fault) {
        CreateContainerCmd command =
                docker.createContainerCmd(DockerScene.STAND_IN + ":2.2.15").withEnv("STAND_IN_FAULT=" + fault);
        String container = command.exec().getId();
        try {
            for (String part : List.of("app", "server", "cli")) {
                DockerScene.copy(
                        container,
                        MODULES + part,
                        "package.json",
                        "{\"name\": \"@nocobase/" + part + "\", \"version\": \"" + version + "\"}");
            }
            DockerScene.copy(container, MODULES + "app/lib", "index.js", Files.readString(APPLICATION));
            docker.commitCmd(container)
                    .withRepository(repository)
                    .withTag(version)
                    .exec();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            docker.removeContainerCmd(container).exec();
        }
        return version;
    }

    /** After the containers are gone. */
    @Override
    public void close() {
        docker.listImagesCmd().exec().stream()
                .flatMap(image -> Stream.ofNullable(image.getRepoTags()).flatMap(Stream::of))
                .filter(tag -> tag.startsWith(repository + ":"))
                .forEach(this::remove);
    }

    private void remove(String tag) {
        try {
            docker.removeImageCmd(tag).withForce(true).exec();
        } catch (DockerException e) {
            System.err.println("Left over after the campaign: image " + tag + ": " + e.getMessage());
        }
    }
}
