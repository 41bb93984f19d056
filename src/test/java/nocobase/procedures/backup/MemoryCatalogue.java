package nocobase.procedures.backup;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A catalogue that several instances of the adapter share, as they share the engine's database. */
final class MemoryCatalogue implements Catalogue {

    private final Map<String, StoredRestorePoint> points = new ConcurrentHashMap<>();
    private final Map<String, Replaced> replaced = new ConcurrentHashMap<>();

    @Override
    public Optional<StoredRestorePoint> find(String id) {
        return Optional.ofNullable(points.get(id));
    }

    @Override
    public List<StoredRestorePoint> list() {
        return points.values().stream()
                .sorted(Comparator.comparing(StoredRestorePoint::takenAt).reversed())
                .toList();
    }

    @Override
    public void save(StoredRestorePoint point) {
        points.put(point.id(), point);
    }

    @Override
    public boolean replace(StoredRestorePoint read, StoredRestorePoint next) {
        return points.replace(read.id(), read, next);
    }

    @Override
    public void remove(String id) {
        points.remove(id);
    }

    @Override
    public List<Replaced> replaced() {
        return replaced.values().stream()
                .sorted(Comparator.comparing(Replaced::since).reversed())
                .toList();
    }

    @Override
    public void save(Replaced one) {
        replaced.put(one.key(), one);
    }

    @Override
    public void remove(Replaced one) {
        replaced.remove(one.key());
    }
}
