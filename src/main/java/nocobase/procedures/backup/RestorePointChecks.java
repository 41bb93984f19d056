package nocobase.procedures.backup;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nocobase.procedures.cluster.Check;
import nocobase.procedures.cluster.ClusterSettings;
import nocobase.procedures.cluster.DatabaseSettings;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Texts;
import nocobase.procedures.language.Messages;

/** Whether a restore point can be taken and restored. */
final class RestorePointChecks {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final int OLDEST = 120000;

    private final ClusterSettings settings;
    private final DatabaseServer server;
    private final RoomChecks room;
    private final DryRun dryRun;
    private final DatabaseChecks databases;

    RestorePointChecks(Site site) {
        this.settings = site.settings();
        this.server = site.server();
        this.room = new RoomChecks(site);
        this.dryRun = new DryRun(site);
        this.databases = new DatabaseChecks(site);
    }

    List<Check> check() {
        List<Check> checks = new ArrayList<>();
        Optional<Integer> version = reachable(checks);
        if (version.isEmpty()) {
            return checks;
        }
        Optional<Discovery> discovery = covered(checks);
        if (discovery.isEmpty()) {
            return checks;
        }
        try {
            checks.addAll(databases.check(discovery.get()));
            checks.addAll(room.check(discovery.get(), version.get()));
            checks.add(dryRun(checks, discovery.get()));
        } catch (SQLException e) {
            checks.add(Check.fail(
                    MESSAGES.text("check.inspected"),
                    MESSAGES.text("check.inspected.refused", Texts.shown(e.getMessage())),
                    MESSAGES.text("check.inspected.remedy", server.role())));
        }
        return checks;
    }

    /** What is known to fail is not tried. */
    private Check dryRun(List<Check> checks, Discovery discovery) {
        return checks.stream().anyMatch(check -> check.result() == Check.Result.FAIL)
                ? Check.warn(MESSAGES.text("check.dryRun"), MESSAGES, "check.dryRun.notDone.")
                : dryRun.check(discovery);
    }

    private Optional<Integer> reachable(List<Check> checks) {
        DatabaseSettings database = settings.database();
        String name = MESSAGES.text("check.reachable");
        try {
            int version = server.outside(DatabaseServer::version);
            server.connectAsApplication(database.name());
            if (version < OLDEST) {
                checks.add(Check.fail(
                        name,
                        MESSAGES.text("check.reachable.tooOld", version / 10000),
                        MESSAGES.text("check.reachable.tooOld.remedy")));
                return Optional.empty();
            }
            if (Pooler.sharesSessions(server)) {
                checks.add(Check.fail(name, MESSAGES, "check.reachable.pooler.", at(database)));
                return Optional.empty();
            }
            checks.add(Check.pass(
                    name, MESSAGES.text("check.reachable.found", version / 10000, version % 10000, at(database))));
            return Optional.of(version);
        } catch (SQLException e) {
            checks.add(unreachable(name, database, e));
            return Optional.empty();
        }
    }

    private Check unreachable(String name, DatabaseSettings database, SQLException e) {
        if (Pooler.refuses(e)) {
            return Check.fail(
                    name, MESSAGES, "check.reachable.poolerRefuses.", at(database), Texts.shown(e.getMessage()));
        }
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        if (state.startsWith("08")) {
            Optional<String> foreign = ForeignServer.greeting(database.host(), database.port());
            if (foreign.isPresent()) {
                return Check.fail(
                        name,
                        MESSAGES.text("check.reachable.mysql", at(database), foreign.get()),
                        MESSAGES.text("check.reachable.mysql.remedy"));
            }
        }
        String remedy = switch (state) {
            case "28P01", "28000" ->
                MESSAGES.text("check.reachable.login", Texts.shown(server.role()), Texts.shown(database.user()));
            case "3D000" -> MESSAGES.text("check.reachable.absent");
            default -> MESSAGES.text("check.reachable.silent");
        };
        return Check.fail(
                name, MESSAGES.text("check.reachable.none", at(database), Texts.shown(e.getMessage())), remedy);
    }

    private Optional<Discovery> covered(List<Check> checks) {
        String name = MESSAGES.text("check.covered");
        try {
            Discovery discovery = Discovery.of(server);
            for (String database : discovery.databases()) {
                server.in(database, connection -> null);
            }
            checks.add(Check.pass(
                    name,
                    MESSAGES.text(
                            "check.covered.found",
                            String.join(", ", discovery.databases()),
                            discovery.subApplications())));
            return Optional.of(discovery);
        } catch (FailureException e) {
            checks.add(Check.fail(name, e.failure().what(), e.failure().remedy()));
        } catch (SQLException e) {
            checks.add(Check.fail(
                    name,
                    MESSAGES.text("check.covered.unread", Texts.shown(e.getMessage())),
                    MESSAGES.text("check.covered.unread.remedy", server.role())));
        }
        return Optional.empty();
    }

    private static String at(DatabaseSettings database) {
        return database.host() + ":" + database.port();
    }
}
