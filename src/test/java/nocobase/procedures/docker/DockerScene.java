package nocobase.procedures.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.command.TopContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import nocobase.procedures.cluster.ClusterSettings;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.awaitility.Awaitility;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * A whole NocoBase cluster on the real Docker engine for one test: network, PostgreSQL, nginx, and node containers as their
 * owner would have made them. All names are unique; all of it is removed at the end, volumes too.
 *
 * <pre>{@code
 * try (DockerScene scene = DockerScene.of(3).start()) { … scene.settings(), scene.jdbcUrl(), scene.node(1) … }
 * }</pre>
 *
 * The nodes exist and do not run until {@link #startNode}.
 */
public final class DockerScene implements AutoCloseable {

    /** Repository of the stand-in images; the tag is the version. */
    public static final String STAND_IN = "local/stand-in";

    /** A newer PostgreSQL than {@code local/postgres:15}. */
    public static final String NEWER_POSTGRES = "local/postgres:new";

    public static final String TEST_LABEL = "nocobase.procedures.test";
    /** Every node bears this label with the scene's name, and no other container. */
    public static final String CLUSTER_LABEL = "nocobase.cluster";

    public static final String DATABASE = "nocobase";
    public static final String ROLE = "nocobase";
    public static final String PASSWORD = "role-secret-of-the-scene";
    public static final String ADMIN = "postgres";
    public static final String ADMIN_PASSWORD = "admin-secret-of-the-scene";
    public static final String APP_KEY = "app-key-secret-of-the-scene";
    /** Where nginx includes the engine's configuration from, on a volume of its own. */
    public static final String BALANCER_DIRECTORY = "/etc/nginx/procedures";

    private static final String HOST = "unix:///var/run/docker.sock";
    private static final DockerClient ENGINE = engine();

    private final String name;
    /** Of the scene's network, its first three numbers. */
    private String subnet;

    private final Plan plan;
    private final Thread hook = new Thread(this::remove);

    private DockerScene(Plan plan) {
        this.plan = plan;
        this.name = plan.name;
    }

    /** The plan of a scene with that many nodes; nothing exists before {@link Plan#start}. */
    public static Plan of(int nodes) {
        return new Plan(nodes);
    }

    /** Why scenes with nodes of that image cannot be built here, or empty if they can. */
    public static Optional<String> missing(String image) {
        try {
            ENGINE.pingCmd().exec();
        } catch (RuntimeException e) {
            return Optional.of("no Docker engine answers (" + e.getMessage() + ")");
        }
        return Stream.of(
                        image,
                        "local/postgres:15",
                        NEWER_POSTGRES,
                        "local/pgbouncer:1",
                        "local/nginx:1",
                        "local/nginx:new")
                .filter(wanted -> !present(wanted))
                .findFirst()
                .map(absent -> "image " + absent + " (src/test/images/build makes it)");
    }

    /** Why no second Docker engine can be started here, or empty if one can. */
    public static Optional<String> missingSecondEngine() {
        return SecondEngine.missing();
    }

    /** Why there is no Docker Compose, or empty if there is. */
    public static Optional<String> missingCompose() {
        return SecondEngine.compose().isPresent()
                ? Optional.empty()
                : Optional.of(
                        "no Docker Compose 2 (src/test/images/newer-docker DIRECTORY, then NEWER_DOCKER=DIRECTORY)");
    }

    /** What a scene is made of. */
    public static final class Plan {
        private final String name = "t" + randomName();
        private final int nodes;
        private String repository = STAND_IN;
        private String version = "2.2.15";
        private boolean database = true;
        private String databaseImage = "local/postgres:15";
        private String smallDisk;
        private String smallRestorePoints;
        private boolean balancer = true;
        private String balancerImage = "local/nginx:1";
        private RestartPolicy restart = RestartPolicy.unlessStoppedRestart();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final Map<Integer, Map<String, String>> environments = new LinkedHashMap<>();
        private final Set<Integer> withInit = new HashSet<>();

        private final Map<Integer, String> storages = new LinkedHashMap<>();
        private final List<String> mounts = new ArrayList<>();

        private Plan(int nodes) {
            this.nodes = nodes;
        }

        /** Another image than the stand-in, for example {@code local/nocobase} and {@code 2.2.15}. */
        public Plan image(String repository, String version) {
            this.repository = repository;
            this.version = version;
            return this;
        }

        public Plan withoutDatabase() {
            database = false;
            return this;
        }

        /** Another PostgreSQL than {@code local/postgres:15}. */
        public Plan databaseImage(String image) {
            databaseImage = image;
            return this;
        }

        /** A second, small disk at {@code /small} in the database's container: of that size ("64m"), in memory. */
        public Plan smallDisk(String size) {
            smallDisk = size;
            return this;
        }

        /** The volume of the restore points is a small disk of that size, in memory; see it at {@code /restore-points} in the database's container. */
        public Plan smallRestorePoints(String size) {
            smallRestorePoints = size;
            return this;
        }

        public Plan withoutBalancer() {
            balancer = false;
            return this;
        }

        /** Another nginx than {@code local/nginx:1}. */
        public Plan balancerImage(String image) {
            balancerImage = image;
            return this;
        }

        public Plan restart(RestartPolicy policy) {
            restart = policy;
            return this;
        }

        /** A variable of all nodes; replaces the scene's own. */
        public Plan environment(String key, String value) {
            environment.put(key, value);
            return this;
        }

        /** A variable of one node (1, 2, …). */
        public Plan environment(int node, String key, String value) {
            environments.computeIfAbsent(node, n -> new LinkedHashMap<>()).put(key, value);
            return this;
        }

        /** This node (1, 2, …) has an init process ({@code docker run --init}). */
        public Plan init(int node) {
            withInit.add(node);
            return this;
        }

        /** What one node has in the place of the shared storage: a volume of its own by a short name, or a directory of the host. */
        public Plan storage(int node, String source) {
            storages.put(node, source);
            return this;
        }

        /** A further mount of all nodes: {@code source:target}; a source that begins with a hyphen is a volume of the scene's. */
        public Plan mount(String mount) {
            mounts.add(mount);
            return this;
        }

        /** Builds the scene: PostgreSQL accepts connections, nginx runs without any server block, nodes are created. */
        public DockerScene start() {
            DockerScene scene = new DockerScene(this);
            Runtime.getRuntime().addShutdownHook(scene.hook);
            try {
                scene.build();
                return scene;
            } catch (RuntimeException e) {
                scene.close();
                throw e;
            }
        }
    }

    /** The scene's name, also the cluster's: a prefix of all names in it. */
    public String name() {
        return name;
    }

    public String network() {
        return name + "-net";
    }

    /** Container name of a node: 1, 2, … */
    public String node(int number) {
        return name + "-app-" + number;
    }

    public List<String> nodes() {
        return IntStream.rangeClosed(1, plan.nodes).mapToObj(this::node).toList();
    }

    public String databaseContainer() {
        return name + "-db";
    }

    public String balancerContainer() {
        return name + "-nginx";
    }

    /** The volume that all nodes have at {@code /app/nocobase/storage}. */
    public String storageVolume() {
        return name + "-storage";
    }

    /** Where tests reach nginx. */
    public URI balancerUrl() {
        return URI.create("http://" + address(balancerContainer()));
    }

    /** Where clients find NocoBase: below nginx's address where the nodes have a public path of their own. */
    public URI applicationUrl() {
        return balancerUrl().resolve(plan.environment.getOrDefault("APP_PUBLIC_PATH", "/"));
    }

    /** Where tests reach a running node. */
    public URI nodeUrl(int number) {
        return URI.create("http://" + address(node(number)) + ":13000");
    }

    /** The main database; connect as {@link #ROLE} or {@link #ADMIN}. */
    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + address(databaseContainer()) + ":5432/" + database;
    }

    public void sql(String statement) {
        try (Connection connection = DriverManager.getConnection(jdbcUrl(), ROLE, PASSWORD);
                Statement jdbc = connection.createStatement()) {
            jdbc.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException("\"" + statement + "\" failed", e);
        }
    }

    /** The address in the scene's network of a running container. */
    public String address(String container) {
        return ENGINE.inspectContainerCmd(container)
                .exec()
                .getNetworkSettings()
                .getNetworks()
                .get(network())
                .getIpAddress();
    }

    public void startNode(int number) {
        ENGINE.startContainerCmd(node(number)).exec();
    }

    /** As a power failure does it to the machine: nobody is asked. */
    public void killEverything() {
        kill(container -> true);
    }

    /** The same of whatever bears the nodes' label. */
    public void killNodes() {
        kill(container -> name.equals(container.getLabels().get(CLUSTER_LABEL)));
    }

    private void kill(Predicate<Container> which) {
        containers().stream()
                .filter(container -> "running".equals(container.getState()))
                .filter(which)
                .forEach(container -> ENGINE.killContainerCmd(container.getId()).exec());
    }

    /** What an owner's restart policies bring up again: all but the nodes. */
    public void restartDatabaseAndBalancer() {
        ENGINE.startContainerCmd(databaseContainer()).exec();
        awaitDatabase();
        ENGINE.startContainerCmd(balancerContainer()).exec();
    }

    /** A further container in the scene's network, with these files in a directory, running. @return its name */
    public String further(String image, String suffix, String directory, Map<String, String> files) {
        String container = name + "-" + suffix;
        create(image, container, List.of()).exec();
        files.forEach((file, content) -> copy(container, directory, file, content));
        ENGINE.startContainerCmd(container).exec();
        return container;
    }

    /** Takes a container's name, by one that is nobody's and never runs. @return its id */
    public String occupy(String container) {
        return create(plan.repository + ":" + plan.version, container, List.of())
                .exec()
                .getId();
    }

    /** The command lines of what runs in a node. */
    public List<String> processes(int number) {
        TopContainerResponse top =
                ENGINE.topContainerCmd(node(number)).withPsArgs("-eo pid,args").exec();
        return Stream.of(top.getProcesses()).map(line -> String.join(" ", line)).toList();
    }

    public InspectContainerResponse inspect(String container) {
        return ENGINE.inspectContainerCmd(container).exec();
    }

    /** All that a container has written so far, each line with its time before it. */
    public static String log(String container) {
        StringBuffer log = new StringBuffer();
        try (ResultCallback.Adapter<Frame> lines = new ResultCallback.Adapter<>() {
            @Override
            public void onNext(Frame frame) {
                log.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
            }
        }) {
            ENGINE.logContainerCmd(container)
                    .withStdOut(true)
                    .withStdErr(true)
                    .withTimestamps(true)
                    .exec(lines)
                    .awaitCompletion();
            return log.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The engine itself, for tests that look at or disturb what is there. */
    public static DockerClient docker() {
        return ENGINE;
    }

    /**
     * Settings of this cluster as its owner would have written them, defaults where the owner says nothing; parts that the
     * scene was built without are fictitious.
     */
    public ClusterSettings settings() {
        return settings(Map.of());
    }

    /** The same with further or other keys below {@code procedures.clusters.<name>}. */
    public ClusterSettings settings(Map<String, String> changes) {
        Map<String, String> keys = keys();
        keys.putAll(changes);
        Map<String, String> source = new LinkedHashMap<>();
        keys.forEach((key, value) -> source.put("cluster." + key, value));
        return new Binder(new MapConfigurationPropertySource(source))
                .bind("cluster", ClusterSettings.class)
                .get();
    }

    /** The same as an owner writes them below {@code procedures.clusters.<name>}. */
    public Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("runtime", "docker");
        keys.put("docker.host", HOST);
        keys.put("nodes.labels.[" + CLUSTER_LABEL + "]", name);
        keys.put("nodes.image", plan.repository + ":{version}");
        keys.put("nodes.network", network());
        keys.put("balancer.container", balancerContainer());
        keys.put("balancer.directory", BALANCER_DIRECTORY);
        keys.put("balancer.url", plan.balancer ? balancerUrl().toString() : "http://127.0.0.1:9");
        keys.put("database.host", plan.database ? address(databaseContainer()) : "127.0.0.1");
        keys.put("database.name", DATABASE);
        keys.put("database.user", ROLE);
        keys.put("database.password", PASSWORD);
        keys.put("database.container", databaseContainer());
        keys.put("restore-points.volume", name + "-restore-points");
        return keys;
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the JVM goes down: the hook removes it
        }
        remove();
    }

    private void build() {
        createNetwork();
        volume(storageVolume());
        if (plan.smallRestorePoints == null) {
            volume(name + "-restore-points");
        } else {
            smallVolume(name + "-restore-points", plan.smallRestorePoints);
        }
        if (plan.database) {
            createDatabase();
        }
        if (plan.balancer) {
            createBalancer();
        }
        for (int number = 1; number <= plan.nodes; number++) {
            createNode(number);
        }
        if (plan.database) {
            prepareDatabase();
        }
    }

    /** Whoever restarts while a node starts keeps its address only where it is not one of those that are given away. */
    private void createNetwork() {
        for (int attempt = 1; ; attempt++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            subnet = "10." + random.nextInt(251, 255) + "." + random.nextInt(256);
            try {
                ENGINE.createNetworkCmd()
                        .withName(network())
                        .withLabels(labels())
                        .withIpam(new Network.Ipam()
                                .withConfig(new Network.Ipam.Config()
                                        .withSubnet(subnet + ".0/24")
                                        .withGateway(subnet + ".1")
                                        .withIpRange(subnet + ".128/25")))
                        .exec();
                return;
            } catch (DockerException e) {
                if (attempt == 10 || !e.getMessage().contains("overlaps")) {
                    throw e;
                }
            }
        }
    }

    private void createDatabase() {
        volume(name + "-db");
        List<String> binds = new ArrayList<>(List.of(name + "-db:/var/lib/postgresql/data"));
        if (plan.smallDisk != null) {
            smallVolume(name + "-small-disk", plan.smallDisk);
            binds.add(name + "-small-disk:/small");
        }
        if (plan.smallRestorePoints != null) {
            // A disk in memory lasts as long as a running container has it.
            binds.add(name + "-restore-points:/restore-points");
        }
        create(plan.databaseImage, databaseContainer(), binds)
                .withEnv("POSTGRES_PASSWORD=" + ADMIN_PASSWORD)
                .withIpv4Address(subnet + ".2")
                .exec();
        ENGINE.startContainerCmd(databaseContainer()).exec();
    }

    /** nginx as an owner prepares it: its own configuration includes the engine's folder and serves nothing else. */
    private void createBalancer() {
        volume(name + "-nginx");
        makeBalancer();
    }

    /** Its owner throws the container away and makes another one; what is on its volume stays. */
    public void recreateBalancer() {
        ENGINE.removeContainerCmd(balancerContainer()).withForce(true).exec();
        makeBalancer();
    }

    private void makeBalancer() {
        create(plan.balancerImage, balancerContainer(), List.of(name + "-nginx:" + BALANCER_DIRECTORY))
                .withIpv4Address(subnet + ".3")
                .exec();
        copy(
                balancerContainer(),
                "/etc/nginx/conf.d",
                "default.conf",
                "include " + BALANCER_DIRECTORY + "/*.conf;" + System.lineSeparator());
        ENGINE.startContainerCmd(balancerContainer()).exec();
    }

    private void createNode(int number) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("APP_KEY", APP_KEY);
        environment.put("APP_ENV", "production");
        environment.put("DB_DIALECT", "postgres");
        environment.put("DB_HOST", databaseContainer());
        environment.put("DB_PORT", "5432");
        environment.put("DB_DATABASE", DATABASE);
        environment.put("DB_USER", ROLE);
        environment.put("DB_PASSWORD", PASSWORD);
        environment.put("TZ", "UTC");
        environment.put("NOCOBASE_RUNNING_IN_DOCKER", "true");
        environment.put("LOGGER_TRANSPORT", "console");
        environment.put("STAND_IN_NODE", "app-" + number);
        environment.putAll(plan.environment);
        environment.putAll(plan.environments.getOrDefault(number, Map.of()));
        List<String> mounts = new ArrayList<>(List.of(storage(number) + ":/app/nocobase/storage"));
        plan.mounts.forEach(mount -> mounts.add(mount.startsWith("-") ? name + mount : mount));
        CreateContainerCmd command = create(plan.repository + ":" + plan.version, node(number), mounts)
                .withEnv(environment.entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList());
        command.getLabels().put(CLUSTER_LABEL, name);
        command.getHostConfig().withRestartPolicy(plan.restart).withInit(plan.withInit.contains(number));
        command.exec();
    }

    private String storage(int number) {
        String own = plan.storages.get(number);
        return own == null || own.startsWith("/") ? (own == null ? storageVolume() : own) : name + "-" + own;
    }

    private CreateContainerCmd create(String image, String container, List<String> binds) {
        return ENGINE.createContainerCmd(image)
                .withName(container)
                .withLabels(labels())
                .withHostConfig(HostConfig.newHostConfig()
                        .withNetworkMode(network())
                        .withBinds(binds.stream().map(Bind::parse).toList()));
    }

    private void prepareDatabase() {
        String url = awaitDatabase();
        try (Connection connection = DriverManager.getConnection(url, ADMIN, ADMIN_PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ROLE " + ROLE + " LOGIN CREATEDB PASSWORD '" + PASSWORD + "'");
            statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + ROLE);
        } catch (SQLException e) {
            throw new IllegalStateException("The scene's database cannot be prepared", e);
        }
    }

    /** @return where it accepts connections */
    private String awaitDatabase() {
        String url = "jdbc:postgresql://" + address(databaseContainer()) + ":5432/postgres";
        Awaitility.await("PostgreSQL accepts connections")
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptions()
                .until(() -> {
                    DriverManager.getConnection(url, ADMIN, ADMIN_PASSWORD).close();
                    return true;
                });
        return url;
    }

    private void smallVolume(String volume, String size) {
        ENGINE.createVolumeCmd()
                .withName(volume)
                .withLabels(labels())
                .withDriverOpts(Map.of("type", "tmpfs", "device", "tmpfs", "o", "size=" + size))
                .exec();
    }

    private void volume(String volume) {
        ENGINE.createVolumeCmd().withName(volume).withLabels(labels()).exec();
    }

    private Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(TEST_LABEL, "true");
        labels.put("nocobase.procedures.scene", name);
        return labels;
    }

    /** Writes a small file into a container, running or not. */
    public static void copy(String container, String directory, String file, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(archive)) {
            TarArchiveEntry entry = new TarArchiveEntry(file);
            entry.setSize(bytes.length);
            tar.putArchiveEntry(entry);
            tar.write(bytes);
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ENGINE.copyArchiveToContainerCmd(container)
                .withRemotePath(directory)
                .withTarInputStream(new ByteArrayInputStream(archive.toByteArray()))
                .exec();
    }

    /** Removes all that bears this scene's unique name, whoever made it, and nothing else. */
    private void remove() {
        for (Container container : containers()) {
            attempt(() -> ENGINE.removeContainerCmd(container.getId())
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec());
        }
        ENGINE.listVolumesCmd().exec().getVolumes().stream()
                .filter(volume -> volume.getName().startsWith(name + "-"))
                .forEach(volume ->
                        attempt(() -> ENGINE.removeVolumeCmd(volume.getName()).exec()));
        ENGINE.listNetworksCmd().exec().stream()
                .filter(network -> network.getName().startsWith(name + "-"))
                .forEach(network ->
                        attempt(() -> ENGINE.removeNetworkCmd(network.getId()).exec()));
    }

    /** All containers whose name begins with the scene's. */
    public List<Container> containers() {
        return ENGINE.listContainersCmd().withShowAll(true).exec().stream()
                .filter(container ->
                        Arrays.stream(container.getNames()).anyMatch(it -> it.startsWith("/" + name + "-")))
                .toList();
    }

    private static void attempt(Runnable removal) {
        try {
            removal.run();
        } catch (NotFoundException e) {
            // gone already
        } catch (RuntimeException e) {
            System.err.println("Left over after a test: " + e.getMessage());
        }
    }

    private static boolean present(String image) {
        try {
            ENGINE.inspectImageCmd(image).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    private static String randomName() {
        return ThreadLocalRandom.current()
                .ints(8, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static DockerClient engine() {
        DefaultDockerClientConfig config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(HOST)
                .withDockerTlsVerify(false)
                // No version in the path: the engine takes its own newest, where docker-java's default is too new for
                // some.
                .withApiVersion(RemoteApiVersion.UNKNOWN_VERSION)
                .build();
        return DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .connectionTimeout(Duration.ofSeconds(5))
                        .responseTimeout(Duration.ofSeconds(60))
                        .build());
    }
}
