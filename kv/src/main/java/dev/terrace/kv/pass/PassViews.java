package dev.terrace.kv.pass;

import dev.terrace.config.FileName;
import dev.terrace.config.StoreConfig;
import dev.terrace.config.StoreConfig.ShardConfig;
import dev.terrace.config.StoreConfig.StoreTlsConfig;
import dev.terrace.config.StoreConfig.StoreTlsMode;
import dev.terrace.config.TerraceConfig;
import dev.terrace.kv.pass.Node.Login;
import dev.terrace.net.tls.ClientTls;
import dev.terrace.net.tls.MemberTlsSettings;
import dev.terrace.net.tls.MemberTlsSettings.Verify;
import dev.terrace.net.tls.TlsFailure;
import dev.terrace.net.tls.TlsSettings.CertificateFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes views of files. */
final class PassViews {

  private final Map<MemberTlsSettings, ClientTls> secured = new HashMap<>();

  /**
   * The view of a file.
   *
   * @param before the view until now: keys of its stores are where it says
   * @throws IllegalArgumentException if a store's certificates cannot be used
   */
  synchronized PassView of(TerraceConfig file, PassView before) {
    Map<String, PassStore> byName = new LinkedHashMap<>();
    Set<String> wanted = new HashSet<>();
    file.kv().defaultStore().ifPresent(wanted::add);
    file.collections().values().forEach(c -> c.store().ifPresent(wanted::add));
    file.stores()
        .forEach((name, store) -> {
          if (wanted.contains(name) && store.engine().isRedis()) {
            Ring ring = new Ring(nodes(name, store));
            List<Ring> former = former(name, ring, before);
            byName.put(name, new PassStore(name, byName.size(), ring, former));
          }
        });
    Map<String, PassStore> collections = new HashMap<>();
    Set<String> tables = new HashSet<>();
    file.collections()
        .forEach((name, collection) -> {
          PassStore store = collection.store().map(byName::get).orElse(null);
          if (store == null) {
            tables.add(name);
          } else {
            collections.put(name, store);
          }
        });
    PassStore standing = file.kv().defaultStore().map(byName::get).orElse(null);
    return new PassView(List.copyOf(byName.values()), standing, collections, tables);
  }

  /** Where keys of a store may still be. */
  private static List<Ring> former(String name, Ring ring, PassView before) {
    List<Ring> former = new ArrayList<>();
    for (PassStore store : before.stores()) {
      if (store.name().equals(name)) {
        former.addAll(store.before());
        if (!store.ring().placesAs(ring)) {
          former.addFirst(store.ring());
        }
      }
    }
    return former;
  }

  private List<Node> nodes(String name, StoreConfig store) {
    Optional<Login> login =
        store.password().map(password -> new Login(store.user(), password.value()));
    int database = store.database().isEmpty() ? 0 : Integer.parseInt(store.database());
    Optional<ClientTls> tls =
        store
            .tls()
            .filter(wanted -> wanted.mode() != StoreTlsMode.DISABLE)
            .map(wanted -> secured(name, wanted));
    List<Node> nodes = new ArrayList<>();
    for (ShardConfig shard : store.shards()) {
      nodes.add(
          new Node(name, shard.identity(), shard.primary(), shard.weight(), login, database, tls));
    }
    return nodes;
  }

  private ClientTls secured(String store, StoreTlsConfig tls) {
    Optional<CertificateFiles> own =
        tls.certificate()
            .flatMap(certificate ->
                tls.key().map(key -> new CertificateFiles(certificate.path(), key.path())));
    Verify verify =
        switch (tls.mode()) {
          case DISABLE, PREFER, REQUIRE -> Verify.NOTHING;
          case VERIFY_CA -> Verify.CA;
          case VERIFY_FULL -> Verify.NAME;
        };
    MemberTlsSettings settings =
        new MemberTlsSettings(
            tls.ca().map(FileName::path), tls.serverName(), own, verify, List.of());
    return secured.computeIfAbsent(
        settings,
        wanted -> {
          try {
            return ClientTls.open(wanted);
          } catch (TlsFailure e) {
            throw new IllegalArgumentException("store '" + store + "': " + e.getMessage(), e);
          }
        });
  }
}
