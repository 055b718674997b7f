package dev.terrace.kv.command;

import dev.terrace.kv.data.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The text that INFO answers with. */
final class InfoText {

  private InfoText() {}

  /** Those sections, or all if none is named. */
  static String of(Service service, List<String> wanted) {
    boolean all =
        wanted.isEmpty()
            || wanted.contains("all")
            || wanted.contains("default")
            || wanted.contains("everything");
    StringBuilder text = new StringBuilder();
    sections(service)
        .forEach((name, lines) -> {
          if (all || wanted.contains(name)) {
            text.append(text.isEmpty() ? "# " : "\r\n# ");
            text.append(Character.toUpperCase(name.charAt(0))).append(name.substring(1));
            lines.forEach(
                (key, value) -> text.append("\r\n").append(key).append(':').append(value));
            text.append("\r\n");
          }
        });
    return text.toString();
  }

  private static long sum(Service service, ToLongFunction<Collection> of) {
    return service.served().data().collections().all().stream().mapToLong(of).sum();
  }

  private static Map<String, Map<String, Object>> sections(Service service) {
    long uptime = (service.nowMillis() - service.startedMillis()) / 1000;
    Map<String, Map<String, Object>> sections = new LinkedHashMap<>();
    Map<String, Object> server = section(sections, "server");
    server.put("redis_version", ConnectionCommands.REDIS_VERSION);
    server.put("redis_mode", "standalone");
    server.put("server_name", "terrace");
    server.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    server.put("arch_bits", 64);
    server.put("process_id", ProcessHandle.current().pid());
    server.put("tcp_port", service.served().port());
    server.put("uptime_in_seconds", uptime);
    server.put("uptime_in_days", uptime / 86400);
    Map<String, Object> clients = section(sections, "clients");
    clients.put("connected_clients", service.clients().size());
    clients.put("maxclients", service.served().maxConnections());
    clients.put("blocked_clients", service.waiting());
    Map<String, Object> memory = section(sections, "memory");
    memory.put("used_memory", sum(service, Collection::keptBytes));
    memory.put("maxmemory", service.served().config().memory().bytes());
    Map<String, Object> stats = section(sections, "stats");
    stats.put("total_connections_received", service.connectionsEver());
    stats.put("total_commands_processed", service.processedSum());
    stats.put("keyspace_hits", sum(service, Collection::hitsEver));
    stats.put("keyspace_misses", sum(service, Collection::missesEver));
    section(sections, "replication").put("role", "master");
    section(sections, "cluster").put("cluster_enabled", 0);
    Map<String, Object> keyspace = section(sections, "keyspace");
    long kept = sum(service, Collection::keptEntries);
    // What is kept, not what the tables hold: that would take counting rows.
    keyspace.put("db0", "keys=" + kept + ",expires=" + kept + ",avg_ttl=0");
    return sections;
  }

  private static Map<String, Object> section(
      Map<String, Map<String, Object>> sections, String name) {
    return sections.computeIfAbsent(name, n -> new LinkedHashMap<>());
  }
}
