package dev.terrace.kv.data;

import dev.terrace.config.CollectionConfig;
import dev.terrace.config.CollectionConfig.Shape;
import dev.terrace.config.CollectionConfig.WriteMode;
import dev.terrace.config.ShardRule;
import dev.terrace.core.place.Placement;
import dev.terrace.core.signal.Counter;
import dev.terrace.core.signal.Metric;
import dev.terrace.core.signal.Signals;
import dev.terrace.engine.Row;
import dev.terrace.engine.RowKey;
import dev.terrace.engine.Table;
import dev.terrace.engine.TableRef;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One collection as it is served: the rows of a table under keys with a common prefix. */
public final class Collection {

  private final String name;
  private final CollectionConfig config;
  private final ShardRule rule;
  private final Store store;
  private final Optional<SharedLevel> shared;
  private final byte[] prefix;
  private final Optional<String> problem;
  private final Signals signals;
  private volatile @Nullable Schema schema;
  private volatile @Nullable Table described;
  private volatile boolean retired;

  private final boolean watchesAge;

  final Counter hits;
  final Counter misses;
  final Counter stale;
  final LongAdder entries = new LongAdder();
  final LongAdder bytes = new LongAdder();

  Collection(
      String name,
      CollectionConfig config,
      ShardRule rule,
      Store store,
      Optional<SharedLevel> shared,
      Signals signals) {
    this.name = name;
    this.config = config;
    this.rule = rule;
    this.store = store;
    this.shared = shared;
    this.prefix = (name + ":").getBytes(StandardCharsets.UTF_8);
    this.problem = problem(name, config, rule);
    this.signals = signals;
    this.watchesAge = staleIfErrorNanos() > 0 || refreshAhead() > 0;
    this.hits = signals.counter(Metric.KV_CACHE, name, "hit");
    this.misses = signals.counter(Metric.KV_CACHE, name, "miss");
    this.stale = signals.counter(Metric.KV_CACHE, name, "stale");
  }

  /** Why the collection cannot be served, if it cannot. */
  public static Optional<String> problem(String name, CollectionConfig config, ShardRule rule) {
    List<String> columns = rule.columns();
    return config.keyColumns().containsAll(columns)
        ? Optional.empty()
        : Optional.of(
            "collection '"
                + name
                + "' cannot be served: its key is "
                + String.join(", ", config.keyColumns())
                + ", but table "
                + config.table().orElse("")
                + " is sharded by "
                + String.join(", ", columns)
                + ", so that the key does not tell the shard");
  }

  /**
   * Where a key would be by the file alone.
   *
   * @param text the key behind the collection's name
   * @throws IllegalArgumentException if it is no such key
   */
  public static Placement.Located locate(
      ShardRule rule, Placement placement, List<String> keyColumns, String text) {
    List<String> parts = KeyForm.parts(text, keyColumns.size());
    if (parts.size() < keyColumns.size()) {
      throw new IllegalArgumentException(
          "'" + text + "' lacks a part of {" + String.join("}:{", keyColumns) + "}");
    }
    List<Integer> placing = rule.columns().stream().map(keyColumns::indexOf).toList();
    return KeyForm.locate(placement, placing, parts);
  }

  /** Its name in the file. */
  public String name() {
    return name;
  }

  /** What the file says of it. */
  public CollectionConfig config() {
    return config;
  }

  ShardRule rule() {
    return rule;
  }

  /** The store that its table is in. */
  public Store store() {
    return store;
  }

  /** Its table. */
  public TableRef table() {
    return new TableRef(tableName(), config.keyColumns());
  }

  /** The name of the table that its rows are in. */
  public String tableName() {
    return config.table().orElseThrow(IllegalStateException::new);
  }

  /** The cache that it shares with other nodes. */
  Optional<SharedLevel> shared() {
    return shared;
  }

  /** For how long after a write replicas may be read from that do not have it. */
  Duration replicasLackWritesFor() {
    Duration lag = store.config().reads().maxLag().orElse(Duration.ofSeconds(1));
    return lag.multipliedBy(2).plusSeconds(1);
  }

  int prefixLength() {
    return prefix.length;
  }

  byte[] prefix() {
    return prefix;
  }

  /** Whether keys are hashes, and not strings. */
  public boolean isHash() {
    return config.holds() == Shape.HASH;
  }

  /** Complains if what waits in the log would have to be part of a transaction. */
  public void requireTransactional() throws KvError {
    if (writeMode() == WriteMode.BACK) {
      throw KvError.of(
          "collection '"
              + name
              + "' is written back (cache.write: back), and what waits in the log cannot be part of"
              + " a transaction");
    }
  }

  /** How writes reach its store. */
  public WriteMode writeMode() {
    return config.cache().write();
  }

  /** What its keys hold. */
  public Shape shape() {
    return config.holds();
  }

  Duration ttl() {
    return config.cache().ttl();
  }

  /** How long it is believed that a key has no row. */
  long missingTtlNanos() {
    return Math.min(ttl().toNanos(), config.cache().missing().toNanos());
  }

  /** The share of the ttl that chance may take off. */
  double jitter() {
    return config.cache().jitter().share();
  }

  /** The last share of the ttl, in which reads have an entry loaded anew. */
  double refreshAhead() {
    return config.cache().refreshAhead().share();
  }

  /** How long an entry serves past its ttl while the store cannot be asked. */
  long staleIfErrorNanos() {
    return config.cache().staleIfError().toNanos();
  }

  /** Whether an entry that is there is not for that reason good. */
  boolean watchesAge() {
    return watchesAge;
  }

  /** What the store said of the table, or null before it was asked. */
  @Nullable Schema schema() {
    return schema;
  }

  /** The names of its fields, as far as they are known. */
  public List<String> fieldNames() {
    Schema known = schema;
    return known == null ? List.of() : known.fields();
  }

  /** The columns that the parts of a key after the first colon are in. */
  public List<String> keyColumns() {
    return config.keyColumns();
  }

  /** What a key's row has in its key columns. */
  public RowKey row(EntryKey key) {
    return known().keys().row(key.bytes(), prefix.length);
  }

  /** The shard that a key's row is on; the first one that is asked, if it is on all. */
  public int shard(EntryKey key) {
    return known().locate(row(key)).shard();
  }

  /** Whether each shard has all rows. */
  public boolean isEverywhere() {
    return rule instanceof ShardRule.Everywhere;
  }

  /**
   * The table's columns.
   *
   * @throws IllegalStateException before the store was asked
   */
  public Table described() {
    Table table = described;
    if (table == null) {
      throw new IllegalStateException("the table is not known yet");
    }
    return table;
  }

  /** The entry of a row, or of one that is missing. */
  public Entry entry(Optional<Row> row) {
    return row.isPresent()
        ? Entry.of(known(), row.get(), config.expires())
        : Entry.missing(known());
  }

  /** What the store said of the table. */
  Schema known() {
    Schema known = schema;
    if (known == null) {
      throw new IllegalStateException("the table is not known yet");
    }
    return known;
  }

  /**
   * The column that a string's value is in.
   *
   * @throws IllegalStateException for a collection of hashes
   */
  public String valueColumn() {
    return config.value().orElseThrow(IllegalStateException::new);
  }

  /** The column with the expiry, if keys can expire. */
  public Optional<String> expiresColumn() {
    return config.expires();
  }

  /** Whether a row is there and has not expired. */
  public boolean isLive(Optional<Row> row, long nowMillis) {
    return row.isPresent() && nowMillis < expiry(row.get());
  }

  /** When a row expires, in milliseconds of the wall clock, or {@link Entry#NEVER}. */
  public long expiry(Row row) {
    return Entry.expiry(row, config.expires());
  }

  /** Whether keys can be read: the store was asked for their type. */
  public boolean ready() {
    return schema != null;
  }

  void learn(Table table) throws KvError {
    described = table;
    schema = Schema.of(name, config, rule, store.shards(), table);
  }

  /** Whether the file no longer has it, or has it otherwise: nothing of it may be kept. */
  boolean retired() {
    return retired;
  }

  void retire() {
    retired = true;
    signals.removeGauge(Metric.KV_CACHE_ENTRIES, name);
    signals.removeGauge(Metric.KV_CACHE_BYTES, name);
  }

  void report() {
    signals.gauge(entries::sum, Metric.KV_CACHE_ENTRIES, name);
    signals.gauge(bytes::sum, Metric.KV_CACHE_BYTES, name);
  }

  /** Entries that are kept of it. */
  public long keptEntries() {
    return entries.sum();
  }

  /** Bytes that its kept entries take. */
  public long keptBytes() {
    return bytes.sum();
  }

  /** Reads that were answered from what is kept. */
  public long hitsEver() {
    return hits.value();
  }

  /** Reads that were not. */
  public long missesEver() {
    return misses.value();
  }

  void countRead(int shard, String role) {
    signals.counter(Metric.KV_ENGINE_READS, name, Integer.toString(shard), role).increment();
  }

  void countWrite(int shard) {
    signals.counter(Metric.KV_ENGINE_WRITES, name, Integer.toString(shard)).increment();
  }

  /** Complains if the file has it in a way that cannot be served. */
  public void servable() throws KvError {
    if (problem.isPresent()) {
      throw KvError.of(problem.get());
    }
  }

  /**
   * The one form of a key of this collection.
   *
   * @throws KvError if the part after the colon is not of the key column's type
   */
  public EntryKey key(byte[] raw) throws KvError {
    servable();
    KeyForm form = known().keys();
    if (form.isText() || (form.isWhole() && isPlainNumber(raw))) {
      return new EntryKey(raw);
    }
    String text =
        new String(raw, prefix.length, raw.length - prefix.length, StandardCharsets.UTF_8);
    return key(form.parse(this, text));
  }

  /** What a row has in its key columns, as the store shows it. */
  RowKey shownKey(Row row) {
    return new RowKey(keyColumns().stream().map(c -> row.text(c).orElse("")).toList());
  }

  /** The same in the one form that keys have. */
  RowKey rowKey(Row row) {
    return known().keys().plain(shownKey(row));
  }

  /** The key of a row. */
  public EntryKey key(RowKey row) {
    return new EntryKey((name + ":" + row).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Whether the id is a number written as the store prints it: the common case, without parsing.
   */
  private boolean isPlainNumber(byte[] raw) {
    int start = prefix.length;
    int length = raw.length - start;
    if (length < 1 || length > 18 || (raw[start] == '0' && length > 1)) {
      return false;
    }
    for (int i = start; i < raw.length; i++) {
      if (raw[i] < '0' || raw[i] > '9') {
        return false;
      }
    }
    return true;
  }
}
