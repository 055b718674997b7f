package dev.terrace.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** The whole file. */
public record TerraceConfig(
    @Doc("The addresses that are served. Only what is listed here listens.") ListenConfig listen,
    @Doc("Threads, transport and limits of the whole process.") RuntimeConfig runtime,
    @Doc("What the HTTPS listeners show and ask for.") TlsConfig tls,
    @Doc("Named sets of members to balance over.") Map<String, PoolConfig> pools,
    @Doc("The authoritative DNS front.") DnsConfig dns,
    @Doc("The HTTP front.") HttpConfig http,
    @Doc("The SQL front.") SqlConfig sql,
    @Doc("The key-value front.") KvConfig kv,
    @Doc("Databases with their shards and replicas.") Map<String, StoreConfig> stores,
    @Doc("How the tables of the SQL front are spread over their store's shards.")
        Map<String, TableConfig> tables,
    @Doc("What the key-value front serves, by key prefix: product:42 is in collection product.")
        Map<String, CollectionConfig> collections) {

  /** The stores that hold tables, in the file's order. */
  public Map<String, StoreConfig> databases() {
    Map<String, StoreConfig> databases = new LinkedHashMap<>(stores);
    databases.values().removeIf(store -> !store.engine().isRelational());
    return databases;
  }
}
