package dev.terrace.config.bind;

import dev.terrace.config.bind.Tree.Entries;
import dev.terrace.config.bind.Tree.Entry;
import dev.terrace.config.bind.Tree.Scalar;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Several files as one: their sections put together, key by key. */
public final class Sections {

  private Sections() {}

  /** The files as one; a key that two of them define is a problem, and the first one counts. */
  public static Entries merged(List<Entries> files, Problems problems) {
    Map<String, Entry> sections = new LinkedHashMap<>();
    for (Entries file : files) {
      for (Entry section : file.entries()) {
        sections.merge(section.key(), section, (a, b) -> merged(a, b, problems));
      }
    }
    return new Entries(List.copyOf(sections.values()), files.getFirst().place());
  }

  private static Entry merged(Entry first, Entry second, Problems problems) {
    if (second.value() instanceof Scalar empty && empty.nothing()) {
      return first;
    }
    if (first.value() instanceof Scalar empty && empty.nothing()) {
      return second;
    }
    if (!(first.value() instanceof Entries a) || !(second.value() instanceof Entries b)) {
      problems.add(second.keyPlace(), twice(first, first.key()));
      return first;
    }
    Map<String, Entry> keys = new LinkedHashMap<>();
    a.entries().forEach(entry -> keys.put(entry.key(), entry));
    for (Entry entry : b.entries()) {
      Entry earlier = keys.putIfAbsent(entry.key(), entry);
      if (earlier != null) {
        problems.add(entry.keyPlace(), twice(earlier, first.key() + "." + entry.key()));
      }
    }
    return new Entry(
        first.key(), first.keyPlace(), new Entries(List.copyOf(keys.values()), a.place()));
  }

  private static String twice(Entry earlier, String path) {
    return path + " is also at " + earlier.keyPlace() + ": keep one of the two";
  }
}
