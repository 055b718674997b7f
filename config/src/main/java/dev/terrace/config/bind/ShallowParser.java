package dev.terrace.config.bind;

import java.util.Optional;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.ParserException;
import org.snakeyaml.engine.v2.parser.Parser;

/** A parser that refuses depths that would overflow the stack of those who recurse. */
final class ShallowParser implements Parser {

  private static final int DEPTH_MAX = 32;

  private final Parser inner;
  private int depth;

  ShallowParser(Parser inner) {
    this.inner = inner;
  }

  @Override
  public boolean checkEvent(Event.ID choice) {
    return inner.checkEvent(choice);
  }

  @Override
  public Event peekEvent() {
    return inner.peekEvent();
  }

  @Override
  public boolean hasNext() {
    return inner.hasNext();
  }

  @Override
  public Event next() {
    Event event = inner.next();
    if (event instanceof CollectionStartEvent start && ++depth > DEPTH_MAX) {
      throw new ParserException(
          "", Optional.empty(), "more than " + DEPTH_MAX + " levels deep", start.getStartMark());
    }
    if (event instanceof CollectionEndEvent) {
      depth--;
    }
    return event;
  }
}
