package dev.terrace.kv.pass;

import dev.terrace.core.pool.Address;
import dev.terrace.net.tls.ClientTls;
import java.util.Optional;

/**
 * One Redis server of a store.
 *
 * @param name what its place on the ring depends on
 * @param login how Terrace logs in, if it must
 * @param database which of its databases is used
 * @param tls how connections to it are secured, if they are
 */
record Node(
    String store,
    String name,
    Address address,
    int weight,
    Optional<Login> login,
    int database,
    Optional<ClientTls> tls) {

  /** A user, if another than {@code default}, and a password. */
  record Login(Optional<String> user, String password) {

    @Override
    public String toString() {
      return "a login";
    }
  }

  /** The same with another weight. */
  Node weighing(int other) {
    return new Node(store, name, address, other, login, database, tls);
  }

  /** {@code node 127.0.0.1:7001 of store 'cache'}. */
  String text() {
    return "node " + address + " of store '" + store + "'";
  }
}
