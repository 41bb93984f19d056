package nocobase.procedures.cluster;

/**
 * Why a step cannot reach its result, in words for the person who must decide at night.
 *
 * @param what what happened, one or two sentences
 * @param node the node that it happened to, or empty where no single node is concerned
 * @param remedy what to do next
 * @param logTail the last lines of the log that explain it, without secrets; may be empty
 */
public record Failure(String what, String node, String remedy, String logTail) {

    public Failure {
        what = what == null ? "" : what;
        node = node == null ? "" : node;
        remedy = remedy == null ? "" : remedy;
        logTail = logTail == null ? "" : logTail;
    }

    public static Failure of(String what, String remedy) {
        return new Failure(what, "", remedy, "");
    }

    public static Failure ofNode(String node, String what, String remedy, String logTail) {
        return new Failure(what, node, remedy, logTail);
    }
}
