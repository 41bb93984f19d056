package nocobase.procedures.backup;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import nocobase.procedures.cluster.CannotProceedException;
import nocobase.procedures.cluster.Failure;
import nocobase.procedures.cluster.FailureException;
import nocobase.procedures.cluster.Holding;
import nocobase.procedures.cluster.OperationId;
import nocobase.procedures.language.Messages;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets NocoBase's databases aside and puts an empty main one in their place. As with a restore, the world says how far an
 * earlier attempt came: all renames are one transaction.
 */
final class SetAside {

    private static final Messages MESSAGES = Messages.of("backup");

    private static final Logger log = LoggerFactory.getLogger(SetAside.class);

    private final Site site;
    private final Vacancy vacancy;

    SetAside(Site site) {
        this.site = site;
        this.vacancy = new Vacancy(site);
    }

    List<Holding> run(OperationId operation, Consumer<String> progress) {
        Standstill.require(site.runtime(), MESSAGES.text("standstill.setAside"));
        String main = site.server().settings().name();
        try {
            return site.server().outsideForLong(connection -> {
                ServerLock.take(connection, main, progress);
                if (!DatabaseServer.exists(connection, DatabaseNames.aside(main, operation.shortId()))) {
                    begin(connection, operation, main, progress);
                }
                return kept(operation).holdings();
            });
        } catch (SQLException e) {
            throw SqlFaults.of(MESSAGES.text("doing.setAside"), e);
        }
    }

    private void begin(Connection connection, OperationId operation, String main, Consumer<String> progress)
            throws SQLException {
        if (!DatabaseServer.exists(connection, main)) {
            throw new CannotProceedException(Failure.of(
                    MESSAGES.text("beginAnew.noDatabase", main),
                    "Create it (CREATE DATABASE … OWNER …), or correct database.name of the cluster."));
        }
        List<String> databases = covered(main);
        vacancy.ensure(connection, databases, progress);
        String empty = empty(connection, operation, main);
        List<String> statements = new ArrayList<>();
        List<Replaced.Database> kept = new ArrayList<>();
        for (String database : databases) {
            String aside = DatabaseNames.aside(database, operation.shortId());
            kept.add(new Replaced.Database(aside, DatabaseServer.size(connection, database)));
            statements.add(TraitsSql.rename(database, aside));
        }
        statements.add(TraitsSql.rename(empty, main));
        statements.addAll(TraitsSql.activate(main, TraitsReader.read(connection, main)));
        Replaced replaced = new Replaced(
                key(operation), operation.value(), null, site.clock().instant(), kept, null, 0);
        site.catalogue().save(replaced);
        log.info("Beginning anew with an empty database {}: {}", main, String.join("; ", statements));
        try {
            DatabaseServer.executeTogether(connection, statements);
        } catch (SQLException e) {
            site.catalogue().remove(replaced);
            throw e;
        }
    }

    /** Of a half-made installation not even the table of sub-applications may be there, or tell the truth. */
    private List<String> covered(String main) throws SQLException {
        List<String> databases;
        try {
            databases = Discovery.of(site.server()).databases();
        } catch (FailureException e) {
            log.info("Only database {} is set aside: {}", main, e.getMessage());
            databases = List.of(main);
        }
        for (String database : databases) {
            if (!DatabaseNames.fits(database)) {
                throw new CannotProceedException(Failure.of(
                        MESSAGES.text("database.nameTooLong", database, DatabaseNames.LIMIT),
                        MESSAGES.text("database.nameTooLong.remedy", DatabaseNames.room())));
            }
        }
        return databases;
    }

    private String empty(Connection connection, OperationId operation, String main) throws SQLException {
        String name = DatabaseNames.fresh(main, operation.shortId());
        int version = DatabaseServer.version(connection);
        DatabaseTraits traits = TraitsReader.read(connection, main);
        DatabaseServer.execute(connection, TraitsSql.dropFreshly(name, version));
        DatabaseServer.execute(connection, TraitsSql.createEmpty(name, traits, version));
        DatabaseServer.executeTogether(
                connection, TraitsSql.apply(name, traits.whileAside(), TraitsReader.read(connection, name)));
        List<String> extensions = site.server()
                .in(
                        main,
                        inside -> DatabaseServer.list(
                                inside,
                                "select extname from pg_extension where extname <> 'plpgsql' order by 1",
                                row -> row.getString(1)));
        site.server().in(name, inside -> {
            for (String extension : extensions) {
                DatabaseServer.execute(inside, "CREATE EXTENSION IF NOT EXISTS " + Sql.name(extension) + " CASCADE");
            }
            return null;
        });
        return name;
    }

    private Replaced kept(OperationId operation) {
        return site.catalogue().replaced().stream()
                .filter(one -> one.key().equals(key(operation)))
                .findFirst()
                .orElseThrow(() -> new CannotProceedException(Failure.of(
                        MESSAGES.text("beginAnew.notInCatalogue", operation),
                        MESSAGES.text("beginAnew.notInCatalogue.remedy"))));
    }

    private static String key(OperationId operation) {
        return "aside-" + operation.shortId();
    }
}
