package nocobase.procedures.cluster;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was seen of the sub-applications when they were asked.
 *
 * @param answering names of those that answer with the wanted version, sorted
 * @param doubtful what was seen of each of the others, by name: it is for a person to judge
 */
public record SubApplicationsSeen(List<String> answering, Map<String, String> doubtful) {

    public SubApplicationsSeen {
        answering = answering.stream().sorted().toList();
        doubtful = new TreeMap<>(doubtful);
    }
}
