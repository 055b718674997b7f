package dev.terrace.sql.session;

import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** A statement as each of several shards is to get it. */
sealed interface ScatterWork {

  /** The statement's plan. */
  Plan plan();

  /** A simple query. */
  record Simple(Plan plan) implements ScatterWork {}

  /**
   * A bound statement.
   *
   * @param rowsMax how many rows the client wants at most, 0 for all
   */
  record Bound(Portal.Scattered portal, int rowsMax) implements ScatterWork {
    @Override
    public Plan plan() {
      return portal.plan();
    }
  }

  static ScatterWork simple(Plan plan) {
    return new Simple(plan);
  }

  static ScatterWork execute(Portal.Scattered portal, int rowsMax) {
    return new Bound(portal, rowsMax);
  }

  /** How many rows the client wants at most. */
  default int limit() {
    return this instanceof Bound bound && bound.rowsMax() > 0 ? bound.rowsMax() : Integer.MAX_VALUE;
  }

  /** Whether the client awaits the description of the rows with them. */
  default boolean describes() {
    return this instanceof Simple;
  }

  /** Sends it to a server, which will answer with one ReadyForQuery. */
  default void send(ServerConnection connection) {
    ByteBufAllocator alloc = connection.channel().alloc();
    switch (this) {
      case Simple(Plan plan) -> connection.sendForReady(Requests.query(alloc, plan.sql()));
      case Bound(Portal.Scattered portal, int rowsMax) -> {
        ByteBuf bound = portal.bound();
        connection.statements().unnamed(null);
        connection.send(Requests.parse(alloc, "", portal.statement().text().bytes()));
        connection.send(Requests.bindHead(alloc, "", "", bound.readableBytes()));
        connection.send(bound.retainedDuplicate());
        connection.send(Requests.execute(alloc));
        connection.sendForReady(Requests.sync());
      }
    }
  }
}
