package dev.terrace.app.demo;

import dev.terrace.config.TerraceConfig;
import dev.terrace.core.pool.Address;
import java.io.PrintWriter;

/** The table that the demo ends its start with: lines that work as they stand. */
final class WhatToTry {

  private WhatToTry() {}

  static void print(PrintWriter out, TerraceConfig file) {
    Address dns = file.listen().dns().getFirst();
    Address http = file.listen().http().getFirst();
    Address sql = file.listen().sql().getFirst();
    Address kv = file.listen().kv().getFirst();
    Address admin = file.listen().admin().getFirst();
    String psql =
        "psql 'host=%s port=%d user=shop password=shop dbname=shop'"
            .formatted(sql.host(), sql.port());
    String[][] lines = {
      {
        "a page, through every tier", "curl -H 'Host: shop.example' http://" + http + "/products/42"
      },
      {"who answered? (try it again)", "curl -H 'Host: shop.example' http://" + http + "/whoami"},
      {
        "an address (it rotates)",
        "dig @%s -p %d www.shop.example +short".formatted(dns.host(), dns.port())
      },
      {"a user's orders, from one shard", psql + " -c 'select * from orders where user_id = 42'"},
      {
        "a row, kept after the first time",
        "redis-cli -h %s -p %d HGETALL product:42".formatted(kv.host(), kv.port())
      },
      {
        "where that goes, and why",
        "./terrace explain examples/shop/terrace.yaml --sql 'select * from orders where user_id = 42'"
      },
      {"the path, live", "http://" + admin},
      {"a failure that nobody notices", "pkill -9 -f 'shop.Shop --port 9002'"},
    };
    out.println();
    out.println("Ready. Try, in another terminal:");
    for (String[] line : lines) {
      out.printf("  %-34s %s%n", line[0], line[1]);
    }
    out.println();
    out.println("Ctrl-C stops everything; what dies is started again after a while.");
    out.flush();
  }
}
