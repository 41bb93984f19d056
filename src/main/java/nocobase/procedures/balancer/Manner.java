package nocobase.procedures.balancer;

import java.util.Set;
import nocobase.procedures.cluster.NodePaths;

/**
 * What a route's text follows.
 *
 * @param paths where the nodes' NocoBase answers
 * @param owners directives of ours that the owner's own lines for this server say already: theirs count
 */
record Manner(NodePaths paths, Set<String> owners) {

    static final Manner USUAL = new Manner(NodePaths.DEFAULT, Set.of());
}
