package dev.stoker.jvm.own;

import one.jfr.JfrReader;
import one.jfr.event.Event;

/**
 * <code>jdk.ThreadPark</code>, told apart from a contended monitor: jfr-converter reads both as one
 * kind, see {@link EventNames}. Public, with this constructor, because its reader makes it.
 */
public final class ParkEvent extends Event {
  final long ticks;

  /** Fields in the order in which JDK 11 to 25 write them; the reader skips what follows. */
  public ParkEvent(JfrReader reader) {
    this(reader.getVarlong(), reader.getVarlong(), reader.getVarint(), reader.getVarint());
  }

  private ParkEvent(long start, long ticks, int thread, int stackTrace) {
    super(start, thread, stackTrace);
    this.ticks = ticks;
  }
}
