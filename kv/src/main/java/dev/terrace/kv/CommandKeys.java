package dev.terrace.kv;

import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.EntryKey;
import dev.terrace.kv.data.KvError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a command, with the collection of each.
 *
 * @param unready a collection whose table must be described first; then the rest is empty
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record CommandKeys(Collection[] collections, List<EntryKey> keys, @Nullable Collection unready) {

  static CommandKeys of(DataTier.View data, Command command, Command.Shape shape, byte[][] args)
      throws KvError {
    Command.Keys where = command.keys();
    int last = where.last() < 0 ? args.length + where.last() : where.last();
    int count = (last - where.first()) / where.step() + 1;
    Collection[] collections = new Collection[count];
    List<EntryKey> keys = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] raw = args[where.first() + i * where.step()];
      Collection c = data.collections().of(raw);
      if (!shape.fits(c.shape())) {
        throw KvError.of(
            "WRONGTYPE",
            "Operation against a key holding the wrong kind of value: collection '"
                + c.name()
                + "' holds "
                + holds(c));
      }
      collections[i] = c;
      if (!c.ready()) {
        c.servable();
        return new CommandKeys(collections, List.of(), c);
      }
      keys.add(c.key(raw));
    }
    return new CommandKeys(collections, keys, null);
  }

  private static String holds(Collection c) {
    return switch (c.shape()) {
      case HASH -> "hashes";
      case STRING -> "strings";
      case JSON -> "JSON documents";
      case COUNTER -> "counters";
    };
  }

  /** Complains if the file allows no writes to one of the collections. */
  void writable() throws KvError {
    for (Collection c : collections) {
      if (c != null && c.writeMode() == WriteMode.READ_ONLY) {
        throw KvError.of(
            "collection '"
                + c.name()
                + "' is read-only: its cache.write is "
                + c.writeMode().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    }
  }
}
