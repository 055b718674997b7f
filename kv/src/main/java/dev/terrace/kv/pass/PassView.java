package dev.terrace.kv.pass;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Which keys go to which Redis store, as of one file: by the part before the first colon where that
 * names a collection, else to the default store if there is one.
 */
public final class PassView {

  private final Map<String, PassStore> collections;
  private final Set<String> tableNames;

  /** A collection's name, and its store; null where its keys are rows of a table. */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Named(byte[] name, @Nullable PassStore store, @Nullable Named next) {}

  /** Nothing is passed on. */
  static final PassView NONE = new PassView(List.of(), null, Map.of(), Set.of());

  private final List<PassStore> stores;
  private final @Nullable PassStore defaultStore;
  private final @Nullable Named[] slots;
  private final boolean tables;
  private final boolean named;
  private final boolean moving;

  PassView(
      List<PassStore> stores,
      @Nullable PassStore defaultStore,
      Map<String, PassStore> collections,
      Set<String> tables) {
    this.stores = List.copyOf(stores);
    this.defaultStore = defaultStore;
    this.collections = Map.copyOf(collections);
    this.tableNames = Set.copyOf(tables);
    this.moving = stores.stream().anyMatch(PassStore::moving);
    this.tables = !tables.isEmpty();
    this.named = this.tables || !collections.isEmpty();
    slots = new Named[Integer.highestOneBit(2 * (collections.size() + tables.size()) + 1) * 2];
    collections.forEach(this::add);
    tables.forEach(name -> add(name, null));
  }

  private void add(String name, @Nullable PassStore store) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int hash = 0;
    for (byte b : bytes) {
      hash = 31 * hash + b;
    }
    int slot = slot(hash);
    slots[slot] = new Named(bytes, store, slots[slot]);
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> 15)) & (slots.length - 1);
  }

  /** The same, with all keys of that store where they belong. */
  PassView settled(PassStore store) {
    Map<PassStore, PassStore> after = new HashMap<>();
    stores.forEach(one -> after.put(one, one.copy(one == store ? List.of() : one.before())));
    UnaryOperator<PassStore> change = one -> after.getOrDefault(one, one);
    Map<String, PassStore> named = new HashMap<>();
    collections.forEach((name, its) -> named.put(name, change.apply(its)));
    return new PassView(
        stores.stream().map(change).toList(),
        defaultStore == null ? null : change.apply(defaultStore),
        named,
        tableNames);
  }

  /** Whether anything is passed on. */
  boolean active() {
    return !stores.isEmpty();
  }

  /** Whether keys of any store may be elsewhere than its ring says. */
  boolean moving() {
    return moving;
  }

  List<PassStore> stores() {
    return stores;
  }

  /** Where keys of no collection go, and commands without keys. */
  @Nullable PassStore defaultStore() {
    return defaultStore;
  }

  /** Whether all commands have one node to go to. */
  boolean single() {
    return !tables
        && stores.size() == 1
        && defaultStore != null
        && defaultStore.nodes().size() == 1;
  }

  /** The store that has a key; null if it is no Redis store. */
  @Nullable PassStore of(ByteBuf in, int start, int length) {
    if (!named) {
      return defaultStore;
    }
    int hash = 0;
    for (int i = start; i < start + length; i++) {
      byte b = in.getByte(i);
      if (b == ':') {
        return of(in, start, i - start, hash);
      }
      hash = 31 * hash + b;
    }
    return defaultStore;
  }

  private @Nullable PassStore of(ByteBuf in, int start, int length, int hash) {
    for (Named at = slots[slot(hash)]; at != null; at = at.next()) {
      if (at.name().length == length && same(at.name(), in, start)) {
        return at.store();
      }
    }
    return defaultStore;
  }

  private static boolean same(byte[] name, ByteBuf in, int start) {
    for (int i = 0; i < name.length; i++) {
      if (in.getByte(start + i) != name[i]) {
        return false;
      }
    }
    return true;
  }
}
