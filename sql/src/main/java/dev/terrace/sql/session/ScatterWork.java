package dev.terrace.sql.session;

import dev.terrace.sql.gather.Description;
import dev.terrace.sql.plan.Plan;
import dev.terrace.sql.server.ServerConnection;
import dev.terrace.sql.wire.Requests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;
import java.util.stream.IntStream;

/** A statement that several shards are to run, as the client sent it. */
sealed interface ScatterWork {

  /** The statement's plan. */
  Plan plan();

  /** What is bound to it. */
  Binding binding();

  /** The type that the client gave to a parameter, counted from 0; 0 if it gave none. */
  int type(int parameter);

  /** A simple query. */
  record Simple(Plan plan) implements ScatterWork {
    @Override
    public Binding binding() {
      return Binding.NONE;
    }

    @Override
    public int type(int parameter) {
      return 0;
    }
  }

  /** A bound statement. */
  record Bound(Portal.Scattered portal) implements ScatterWork {
    @Override
    public Plan plan() {
      return portal.plan();
    }

    @Override
    public Binding binding() {
      return portal.binding();
    }

    @Override
    public int type(int parameter) {
      return portal.statement().type(parameter);
    }
  }

  /** Whether the client awaits the description of the rows with them. */
  default boolean describes() {
    return this instanceof Simple;
  }

  /** Whether these columns are those that the client relies on, if it does on any. */
  default boolean fits(ByteBuf description) {
    return switch (this) {
      case Simple simple -> true;
      case Bound(Portal.Scattered portal) ->
          !portal.statement().isTold()
              || portal.statement().fits(Description.fingerprint(description));
    };
  }

  /** Whether a server must say of which types the parameters are. */
  default boolean hasOpenTypes() {
    for (int i = 0; i < binding().count(); i++) {
      if (type(i) == 0 || type(i) == UNKNOWN) {
        return true;
      }
    }
    return false;
  }

  /** The types that the client gave to all parameters. */
  default List<Integer> types() {
    return IntStream.range(0, binding().count()).mapToObj(this::type).toList();
  }

  /** What a string is before anything is known of it. */
  int UNKNOWN = 705;

  /** Sends the statement as it is to a server, which will answer with one ReadyForQuery. */
  default void send(ServerConnection connection) {
    ByteBufAllocator alloc = connection.channel().alloc();
    switch (this) {
      case Simple(Plan plan) -> connection.sendForReady(Requests.query(alloc, plan.sql()));
      case Bound(Portal.Scattered portal) -> {
        ByteBuf bound = portal.bound();
        connection.statements().unnamedIsOther();
        connection.send(Requests.parse(alloc, "", portal.statement().text().bytes()));
        connection.send(Requests.bindHead(alloc, "", "", bound.readableBytes()));
        connection.send(bound.retainedDuplicate());
        if (portal.statement().isTold()) {
          connection.send(Requests.describe(alloc, 'P', ""));
        }
        connection.send(Requests.execute(alloc));
        connection.sendForReady(Requests.sync());
      }
    }
  }

  /**
   * Sends a part of the statement with the same parameters in its place.
   *
   * @param types the types of all parameters
   */
  default void sendPart(ServerConnection connection, String sql, List<Integer> types) {
    switch (this) {
      case Simple simple ->
          connection.sendForReady(Requests.query(connection.channel().alloc(), sql));
      case Bound bound -> sendOther(connection, sql, types, List.of(), binding().results());
    }
  }

  /** Asks a server what the statement's parameters and columns are. */
  default void sendDescribe(ServerConnection connection) {
    ByteBufAllocator alloc = connection.channel().alloc();
    connection.statements().unnamedIsOther();
    connection.send(
        switch (this) {
          case Simple(Plan plan) -> Requests.parse(alloc, plan.sql());
          case Bound(Portal.Scattered portal) ->
              Requests.parse(alloc, "", portal.statement().text().bytes());
        });
    connection.send(Requests.describe(alloc, 'S', ""));
    connection.sendForReady(Requests.sync());
  }

  /**
   * Sends another statement with the same parameters and more.
   *
   * @param types the types of all parameters
   * @param more the further parameters, in binary format; taken over
   */
  default void sendOther(
      ServerConnection connection,
      String sql,
      List<Integer> types,
      List<ByteBuf> more,
      short[] resultFormats) {
    ByteBufAllocator alloc = connection.channel().alloc();
    connection.statements().unnamedIsOther();
    connection.send(Requests.parse(alloc, sql, types));
    ByteBuf rest = binding().with(alloc, more, resultFormats);
    connection.send(Requests.bindHead(alloc, "", "", rest.readableBytes()));
    connection.send(rest);
    connection.send(Requests.describe(alloc, 'P', ""));
    connection.send(Requests.execute(alloc));
    connection.sendForReady(Requests.sync());
  }
}
