package dev.terrace.kv.command;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All commands, found by name in any case. */
public final class Commands {

  private static final int SLOTS = 1024;

  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Named(byte[] name, Command command, @Nullable Named next) {}

  private final List<Command> all = new ArrayList<>();
  private final IdentityHashMap<Command, Integer> indexes = new IdentityHashMap<>();
  private final @Nullable Named[] slots = new Named[SLOTS];

  Commands() {
    all.addAll(ConnectionCommands.all());
    all.addAll(ServerCommands.all());
    all.addAll(AclCommands.all());
    all.addAll(PushCommands.all());
    all.addAll(Reads.all());
    all.addAll(HashReads.all());
    all.addAll(Bits.all());
    all.addAll(StringWrites.all());
    all.addAll(HashWrites.all());
    all.addAll(KeyWrites.all());
    all.addAll(KeyReads.all());
    all.addAll(Scans.all());
    all.addAll(JsonReads.all());
    all.addAll(JsonWrites.all());
    all.addAll(JsonArrayWrites.all());
    all.addAll(Transactions.all());
    all.addAll(Refusals.all());
    for (Command command : all) {
      indexes.put(command, indexes.size());
      byte[] name = command.name().getBytes(StandardCharsets.US_ASCII);
      int slot = slot(name);
      slots[slot] = new Named(name, command, slots[slot]);
    }
  }

  List<Command> all() {
    return all;
  }

  int size() {
    return all.size();
  }

  int index(Command command) {
    Integer index = indexes.get(command);
    if (index == null) {
      throw new IllegalArgumentException(command.name());
    }
    return index;
  }

  /** The command of that name, or null. */
  public @Nullable Command find(byte[] name) {
    for (Named named = slots[slot(name)]; named != null; named = named.next()) {
      if (same(named.name(), name)) {
        return named.command();
      }
    }
    return null;
  }

  private static int slot(byte[] name) {
    int hash = 0;
    for (byte b : name) {
      hash = 31 * hash + (b | 0x20);
    }
    return (hash ^ (hash >>> 10)) & (SLOTS - 1);
  }

  private static boolean same(byte[] lower, byte[] name) {
    if (lower.length != name.length) {
      return false;
    }
    for (int i = 0; i < name.length; i++) {
      int c = name[i] >= 'A' && name[i] <= 'Z' ? name[i] | 0x20 : name[i];
      if (c != lower[i]) {
        return false;
      }
    }
    return true;
  }
}
