package dev.terrace.kv.back;

import dev.terrace.kv.data.EntryKey;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The keys that are being written or are not in the store yet; those of no use are forgotten. */
final class DirtyKeys {

  private final Map<EntryKey, DirtyKey> keys = new ConcurrentHashMap<>();

  /** The key's object, which stays the same until {@link #release}. */
  DirtyKey hold(EntryKey key) {
    return Objects.requireNonNull(
        keys.compute(
            key,
            (k, there) -> {
              DirtyKey dirty = there == null ? new DirtyKey() : there;
              dirty.users++;
              return dirty;
            }));
  }

  void release(EntryKey key) {
    keys.computeIfPresent(
        key,
        (k, dirty) -> {
          dirty.users--;
          return dirty.users == 0 ? null : dirty;
        });
  }

  DirtyKey.@Nullable State visible(EntryKey key) {
    DirtyKey dirty = keys.get(key);
    return dirty == null ? null : dirty.visible.get();
  }

  int count() {
    return keys.size();
  }
}
