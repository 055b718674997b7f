package dev.terrace.kv;

import dev.terrace.kv.Multi.Queued;
import dev.terrace.kv.Multi.Watched;
import dev.terrace.kv.command.Command.Action;
import dev.terrace.kv.command.Command.Reply;
import dev.terrace.kv.command.ReadCall;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.command.WriteCall;
import dev.terrace.kv.data.Collection;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.Entry;
import dev.terrace.kv.data.KeyPlace;
import dev.terrace.kv.data.KeyTransaction;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.resp.ReplyWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is queued, ready to run in one transaction of a store. */
final class TableTransaction {

  /** What came of it. */
  sealed interface Outcome {
    /** An answer for each command. */
    record Done(List<Answer> answers) implements Outcome {}

    /** A watched row had changed; nothing was done. */
    record Outrun() implements Outcome {}
  }

  /** One command's answer. */
  sealed interface Answer {
    /** It changed or read rows. */
    record Ready(Reply reply) implements Answer {}

    /** It read rows; its answer is made of them. */
    record OfRows(Action.Read read, ReadCall call) implements Answer {}

    /** It is about the connection. */
    record OfNode(Action.Local local, Queued queued) implements Answer {}

    /** It failed; what the others did stays. */
    record Failed(KvError error) implements Answer {}
  }

  /** A command with its keys, or why it has none. */
  private record Step(Queued queued, @Nullable CommandKeys keys, @Nullable KvError refused) {}

  /** A watched key with its place. */
  private record Guard(KeyPlace place, Watched watched) {}

  private final Service service;
  private final DataTier.View data;
  private final List<Step> steps = new ArrayList<>();
  private final List<Guard> guards = new ArrayList<>();
  private final List<KeyPlace> places = new ArrayList<>();
  private @Nullable Collection unready;

  private TableTransaction(Service service, DataTier.View data) {
    this.service = service;
    this.data = data;
  }

  /** A collection whose table must be described first. */
  @Nullable Collection unready() {
    return unready;
  }

  /**
   * Finds the keys of what is queued.
   *
   * @throws KvError if it cannot be one transaction
   */
  static TableTransaction of(
      Service service, DataTier.View data, List<Queued> queued, List<Watched> watched)
      throws KvError {
    TableTransaction transaction = new TableTransaction(service, data);
    for (Watched w : watched) {
      Collection c = data.collections().of(w.key());
      if (!c.ready()) {
        transaction.unready = c;
        return transaction;
      }
      KeyPlace place = new KeyPlace(c, c.key(w.key()));
      transaction.guards.add(new Guard(place, w));
      transaction.places.add(place);
    }
    for (Queued command : queued) {
      transaction.steps.add(transaction.step(command));
    }
    return transaction;
  }

  private Step step(Queued queued) throws KvError {
    CommandKeys keys;
    try {
      keys =
          switch (queued.command().action()) {
            case Action.Read(var shape, var answer) ->
                CommandKeys.of(data, queued.command(), shape, queued.args());
            case Action.Write(var shape, var work) ->
                CommandKeys.of(data, queued.command(), shape, queued.args());
            case Action.Local local -> null;
            case Action.Scan scan -> null;
            case Action.Transactional transactional -> null;
            case Action.Refused refused -> null;
          };
    } catch (KvError e) {
      return new Step(queued, null, e);
    }
    if (keys == null) {
      return new Step(queued, null, null);
    }
    if (keys.unready() != null) {
      unready = keys.unready();
      return new Step(queued, keys, null);
    }
    Transacting.requireTransactional(queued.command(), keys);
    for (int i = 0; i < keys.keys().size(); i++) {
      places.add(new KeyPlace(keys.collections()[i], keys.keys().get(i)));
    }
    return new Step(queued, keys, null);
  }

  /** Runs it; blocks. */
  Outcome run() throws KvError {
    return places.isEmpty()
        ? new Outcome.Done(steps.stream().map(TableTransaction::alone).toList())
        : data.writes().together(places, this::in);
  }

  private Outcome in(KeyTransaction transaction) throws KvError {
    for (Guard guard : guards) {
      KeyPlace place = guard.place();
      if (!guard.watched().isStill(transaction.row(place.collection(), place.key()))) {
        return new Outcome.Outrun();
      }
    }
    List<Answer> answers = new ArrayList<>(steps.size());
    for (Step step : steps) {
      try {
        answers.add(answer(step, transaction));
      } catch (KvError e) {
        answers.add(new Answer.Failed(e));
      }
    }
    return new Outcome.Done(answers);
  }

  private static Answer alone(Step step) {
    if (step.refused() != null) {
      return new Answer.Failed(step.refused());
    }
    if (step.queued().command().action() == Action.Transactional.UNWATCH) {
      return new Answer.Ready(ReplyWriter::ok);
    }
    return step.queued().command().action() instanceof Action.Local local
        ? new Answer.OfNode(local, step.queued())
        : new Answer.Failed(
            KvError.of("'" + step.queued().command().name() + "' cannot be in a transaction"));
  }

  private Answer answer(Step step, KeyTransaction transaction) throws KvError {
    CommandKeys keys = step.keys();
    if (keys == null) {
      return alone(step);
    }
    List<Collection> collections = List.of(keys.collections());
    if (step.queued().command().action() instanceof Action.Write write) {
      WriteCall call =
          new WriteCall(
              step.queued().args(), collections, keys.keys(), transaction, service.nowMillis());
      return new Answer.Ready(
          transaction.part(collections.getFirst(), inner -> write.work().run(call)));
    }
    if (step.queued().command().action() instanceof Action.Read read) {
      Entry[] entries = new Entry[keys.keys().size()];
      for (int i = 0; i < entries.length; i++) {
        entries[i] = transaction.entry(collections.get(i), keys.keys().get(i));
      }
      return new Answer.OfRows(
          read,
          new ReadCall(step.queued().args(), keys.collections(), entries, service.nowMillis()));
    }
    return alone(step);
  }

  /** Writes an answer that may still fail while it is made. */
  static void write(Answer answer, dev.terrace.kv.command.Session session, ReplyWriter out)
      throws KvError {
    switch (answer) {
      case Answer.Ready(Reply reply) -> reply.write(out);
      case Answer.OfRows(Action.Read read, ReadCall call) -> read.answer().write(call, out);
      case Answer.OfNode(Action.Local local, Queued queued) ->
          local.run(session, queued.args(), out);
      case Answer.Failed(KvError error) -> throw error;
    }
  }
}
