package nocobase.procedures.security;

import java.util.List;
import java.util.stream.Collectors;
import nocobase.procedures.language.Messages;
import org.springframework.core.env.Environment;

/** Where everything is and who may log in, for whoever started the engine for the first time. */
final class StartBanner {

    private static final Messages MESSAGES = Messages.of("security");
    private static final String LINE = "-".repeat(77);

    private final String origin;

    StartBanner(Environment environment) {
        this.origin = "http://localhost:" + environment.getProperty("local.server.port", "8080");
    }

    /** Printed, not logged: a password that is shown once belongs on the console and not in the log's archive. */
    void print(List<Account> accounts) {
        System.out.print(text(accounts));
    }

    String text(List<Account> accounts) {
        boolean demo = accounts.stream().anyMatch(account -> account.origin() == Account.Origin.DEMO);
        String rows = accounts.stream().map(StartBanner::row).collect(Collectors.joining("\n"));
        return """

                %s
                  NocoBase cluster procedures

                %s

                  %s
                %s
                %s

                """.formatted(
                        LINE,
                        MESSAGES.text("banner.addresses", origin).indent(2).stripTrailing(),
                        MESSAGES.text(demo ? "banner.demoAccounts" : "banner.firstAdministrator"),
                        rows,
                        LINE);
    }

    private static String row(Account account) {
        return "    "
                + MESSAGES.text(
                        "banner.account",
                        "%-12s".formatted(account.id()),
                        "%-22s".formatted(account.password()),
                        account.roles().stream().map(Role::group).collect(Collectors.joining(", ")));
    }
}
