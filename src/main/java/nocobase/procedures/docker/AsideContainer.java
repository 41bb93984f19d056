package nocobase.procedures.docker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nocobase.procedures.cluster.OperationId;

/**
 * A container that an operation keeps as it was, for the node's sake. It is called {@code <name>-pre-<operation>}, for people
 * to see; that it was set aside is told by marks ({@link Asides}), never by that name.
 */
record AsideContainer(String node, OperationId operation) {

    private static final Pattern FORM = Pattern.compile("(.+)-pre-([a-z][a-z0-9-]{0,23}-[a-z2-7]{8})");

    /** What the name would say, if it is ours. */
    static Optional<AsideContainer> parse(String container) {
        Matcher matcher = FORM.matcher(container);
        return matcher.matches()
                ? Optional.of(new AsideContainer(matcher.group(1), new OperationId(matcher.group(2))))
                : Optional.empty();
    }

    String container() {
        return node + "-pre-" + operation;
    }
}
