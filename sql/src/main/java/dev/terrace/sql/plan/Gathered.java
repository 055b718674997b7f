package dev.terrace.sql.plan;

import java.util.ArrayList;
import java.util.List;

/** A query whose rows are the statement's, as far as several shards could give them. */
final class Gathered {

  /** One SELECT of it; several with UNION between. */
  record Branch(Tree.Core core, Scope scope) {}

  final Tree.Query query;
  final List<Branch> branches = new ArrayList<>();

  Gathered(Tree.Query query) {
    this.query = query;
  }
}
