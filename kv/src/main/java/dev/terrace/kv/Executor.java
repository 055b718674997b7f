package dev.terrace.kv;

import dev.terrace.kv.command.Client;
import dev.terrace.kv.command.Command;
import dev.terrace.kv.command.Command.Action;
import dev.terrace.kv.command.Service;
import dev.terrace.kv.command.Session;
import dev.terrace.kv.data.DataTier;
import dev.terrace.kv.data.KvError;
import dev.terrace.kv.data.Texts;
import dev.terrace.kv.resp.ReplyWriter;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Executes one connection's commands as if one after the other: reads may wait for the store side
 * by side, a write waits for what came before it, and what comes after waits for the write.
 */
final class Executor {

  private static final System.Logger LOG = System.getLogger(Executor.class.getName());

  private final Session session;
  private final Service service;
  private final Client client;
  private final Replies replies;
  private final Runnable goOn;
  private final java.util.concurrent.Executor loop;
  private byte @Nullable [][] held;
  private boolean busy;
  private final Reading reading;
  private final Writing writing;
  private final Scanning scanning;
  private final Gate gate;
  private final Transacting transacting;
  private final Multi multi = new Multi();

  /**
   * An executor.
   *
   * @param goOn called on the loop when what had to wait may go on
   */
  Executor(Session session, Replies replies, Runnable goOn) {
    this.session = session;
    this.service = session.service();
    this.client = session.client();
    this.replies = replies;
    this.goOn = goOn;
    this.loop = replies.loop();
    this.reading = new Reading(this, session);
    this.writing = new Writing(this, service);
    this.gate = new Gate(session);
    this.scanning = new Scanning(this, service);
    this.transacting = new Transacting(this, service, multi);
  }

  /** Whether no command may be taken now. */
  boolean mustWait() {
    return busy || (held != null && !replies.isEmpty());
  }

  /** Queues commands from now on, as after MULTI. */
  void beginTransaction() {
    multi.begin();
  }

  /** Whether rows are watched. */
  boolean watches() {
    return !multi.watched().isEmpty();
  }

  /** Forgets the keys that are watched. */
  void unwatch() {
    multi.unwatch();
  }

  long clientNumber() {
    return client.id();
  }

  /** Whether nothing may go on beside what runs now. */
  void busy(boolean now) {
    busy = now;
  }

  /** A write that had to wait and may go on now. */
  byte @Nullable [][] heldBack() {
    byte[][] command = held;
    held = null;
    return command;
  }

  void execute(byte[][] args) {
    Command command = service.commands().find(args[0]);
    if (command == null) {
      multi.fail();
      answer(null, null, out -> out.error(unknown(args)));
      return;
    }
    client.command(command.name());
    String refusal = gate.refusal(command, args);
    if (refusal != null) {
      multi.fail();
      answer(null, command, out -> out.error(refusal));
      return;
    }
    if (multi.isOpen() && !runsInMulti(command)) {
      queue(command, args);
      return;
    }
    switch (command.action()) {
      case Action.Local local -> {
        if (command.name().equals("reset")) {
          multi.reset();
        }
        answer(null, command, out -> local.run(session, args, out));
      }
      case Action.Read read -> reading.run(command, read, args);
      case Action.Scan scan -> scanning.run(null, command, scan, args);
      case Action.Write write -> {
        if (comesNext(args)) {
          writing.run(replies.reserve(), command, write, args);
        }
      }
      case Action.Transactional what -> transactional(what, command, args);
      case Action.Refused refused -> throw new IllegalStateException(command.name());
    }
  }

  /** Whether all before is answered; else the command is held back until it is. */
  private boolean comesNext(byte[][] args) {
    if (!replies.isEmpty()) {
      held = args;
      return false;
    }
    return true;
  }

  private static boolean runsInMulti(Command command) {
    return (command.action() instanceof Action.Transactional what
            && what != Action.Transactional.UNWATCH)
        || command.name().equals("quit")
        || command.name().equals("reset");
  }

  private void queue(Command command, byte[][] args) {
    answer(
        null,
        command,
        out -> {
          if (command.action() instanceof Action.Scan) {
            multi.fail();
            throw KvError.of(
                "command '" + command.name() + "' goes through tables and cannot be queued");
          }
          try {
            multi.add(new Multi.Queued(command, args), service.served().config());
          } catch (KvError e) {
            multi.fail();
            throw e;
          }
          out.simple("QUEUED");
        });
  }

  private void transactional(Action.Transactional what, Command command, byte[][] args) {
    switch (what) {
      case MULTI ->
          answer(
              null,
              command,
              out -> {
                multi.open();
                out.ok();
              });
      case EXEC -> {
        if (!multi.isOpen()) {
          answer(null, command, out -> out.error("ERR EXEC without MULTI"));
        } else if (comesNext(args)) {
          transacting.exec(replies.reserve(), command);
        }
      }
      case DISCARD ->
          answer(
              null,
              command,
              out -> {
                if (!multi.isOpen()) {
                  throw KvError.of("DISCARD without MULTI");
                }
                multi.reset();
                out.ok();
              });
      case WATCH -> {
        if (multi.isOpen()) {
          answer(null, command, out -> out.error("ERR WATCH inside MULTI is not allowed"));
        } else if (comesNext(args)) {
          transacting.watch(replies.reserve(), command, args);
        }
      }
      case UNWATCH ->
          answer(
              null,
              command,
              out -> {
                multi.unwatch();
                out.ok();
              });
    }
  }

  /** Writes what came of a transaction. */
  void write(TableTransaction.Outcome outcome, ReplyWriter out) {
    switch (outcome) {
      case TableTransaction.Outcome.Outrun() -> out.nilArray();
      case TableTransaction.Outcome.Done(List<TableTransaction.Answer> answers) -> {
        out.array(answers.size());
        for (TableTransaction.Answer answer : answers) {
          int start = out.target().writerIndex();
          // A command in it may change the version that those after it are answered in.
          ReplyWriter each = out.of(client.version3());
          try {
            TableTransaction.write(answer, session, each);
          } catch (KvError e) {
            out.target().writerIndex(start);
            each.error(e.reply());
          }
        }
      }
    }
  }

  private static String unknown(byte[][] args) {
    StringBuilder text = new StringBuilder("ERR unknown command '");
    text.append(Texts.shown(args[0])).append("', with args beginning with: ");
    for (int i = 1; i < args.length && text.length() < 256; i++) {
      text.append('\'').append(Texts.shown(args[i])).append("' ");
    }
    return text.toString();
  }

  /** Writes a reply. */
  @FunctionalInterface
  interface Answer {
    void write(ReplyWriter out) throws KvError;
  }

  /** Writes a reply at its place: the slot that waits for it, or where replies are ready now. */
  void answer(Replies.@Nullable Slot slot, @Nullable Command command, Answer answer) {
    ByteBuf target = slot == null ? replies.buffer() : replies.arrived(slot);
    if (target == null) {
      return;
    }
    ReplyWriter writer = new ReplyWriter(target, client.version3());
    int start = target.writerIndex();
    boolean[] failed = {false};
    replies.write(
        writer,
        out -> {
          try {
            answer.write(out);
            failed[0] = out.failed();
          } catch (KvError e) {
            target.writerIndex(start);
            out.error(e.reply());
            failed[0] = true;
          }
        });
    Service.Counts counts = service.counts(command);
    (failed[0] ? counts.error() : counts.ok()).increment();
    service.processed();
    if (slot != null) {
      replies.done(slot);
    }
  }

  /** What is to happen when something has come. */
  @FunctionalInterface
  interface Next {
    void at(Replies.Slot slot);
  }

  /**
   * Waits, if one more may; then goes on on the loop.
   *
   * @param data what it is about to work on
   * @param again what happens instead if that is not served any more, or nothing may be done with
   *     stores for now: then once it may
   */
  void await(
      Replies.@Nullable Slot slot,
      Command command,
      DataTier.View data,
      Supplier<CompletableFuture<?>> start,
      Next next,
      Next again) {
    Replies.Slot place = slot == null ? replies.reserve() : slot;
    if (!service.tryWait()) {
      int max = service.served().config().maxWaiting();
      busy = false;
      answer(
          place,
          command,
          out -> out.error("BUSY " + max + " commands wait for the store (kv.max-waiting)"));
      return;
    }
    if (!service.storeWork().begin(() -> loop.execute(() -> goOn(place, again)))) {
      return;
    }
    if (!service.served().data().equals(data)) {
      service.storeWork().end();
      goOn(place, again);
      return;
    }
    start
        .get()
        .whenCompleteAsync(
            (done, failure) -> {
              service.storeWork().end();
              service.endWait();
              if (failure == null) {
                at(next, place, command);
              } else {
                busy = false;
                answer(place, command, out -> out.error(reply(failure)));
              }
              goOn.run();
            },
            loop);
  }

  /** Whatever breaks, the client gets an answer. */
  private void at(Next next, Replies.Slot place, Command command) {
    try {
      next.at(place);
    } catch (RuntimeException | Error e) {
      busy = false;
      answer(place, command, out -> out.error(reply(e)));
    }
  }

  private void goOn(Replies.Slot place, Next next) {
    service.endWait();
    next.at(place);
    goOn.run();
  }

  private static String reply(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof KvError error) {
      return error.reply();
    }
    LOG.log(System.Logger.Level.ERROR, "a key-value command broke", cause);
    return "ERR internal error, see Terrace's log";
  }
}
