package dev.terrace.sql.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terrace.sql.cache.Catalogue.Reach;
import dev.terrace.sql.cache.Catalogue.Relation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What reads and writes reach, by a catalogue. */
final class CatalogueTest {

  private static Relation table(Set<String> heirs, Set<String> cascades) {
    return new Relation("", "", heirs, cascades, Set.of());
  }

  private final Catalogue catalogue =
      new Catalogue(
          Map.of(
              "plain", table(Set.of(), Set.of()),
              "parent", table(Set.of("heir"), Set.of("child")),
              "heir", table(Set.of(), Set.of()),
              "child", table(Set.of(), Set.of("watched", "parent")),
              "watched", new Relation("", "has triggers", Set.of(), Set.of(), Set.of()),
              "tree", table(Set.of("tree"), Set.of("tree")),
              "view",
                  new Relation(
                      "is a view", "is no table", Set.of(), Set.of(), Set.of("parent", "view2")),
              "view2",
                  new Relation("is a view", "is no table", Set.of(), Set.of(), Set.of("plain"))),
          Set.of("own"));

  private static Reach known(String... tables) {
    return new Reach.Known(Set.of(tables));
  }

  @Test
  void writesGoOnToHeirsAndByForeignKeys() {
    assertThat(catalogue.write(List.of("plain"))).isEqualTo(known("plain"));
    assertThat(catalogue.write(List.of("some.plain", "heir"))).isEqualTo(known("plain", "heir"));
    assertThat(catalogue.write(List.of("tree"))).isEqualTo(known("tree"));
    assertThat(catalogue.write(List.of("parent")))
        .isEqualTo(new Reach.Unknown("watched has triggers"));
    assertThat(catalogue.write(List.of("plain", "view")))
        .isEqualTo(new Reach.Unknown("view is no table"));
    assertThat(catalogue.write(List.of("nix"))).isEqualTo(new Reach.Unknown("nix is not known"));
  }

  @Test
  void readsGoOnToHeirsAndWhatViewsReadIfAskedFor() {
    assertThat(catalogue.read(List.of("parent"), false)).isEqualTo(known("parent", "heir"));
    assertThat(catalogue.read(List.of("watched"), false)).isEqualTo(known("watched"));
    assertThat(catalogue.read(List.of("view"), true))
        .isEqualTo(known("view", "view2", "plain", "parent", "heir"));
    assertThat(catalogue.read(List.of("plain", "view"), false)).isInstanceOf(Reach.Unknown.class);
    assertThat(catalogue.read(List.of("nix"), true)).isInstanceOf(Reach.Unknown.class);
    assertThat(catalogue.own(Set.of("lower", "own"))).contains("own");
    assertThat(catalogue.own(Set.of("lower"))).isEmpty();
  }
}
