package dev.stoker.scrape.loop;

import dev.stoker.discovery.DroppedTarget;
import dev.stoker.labels.Labels;
import dev.stoker.scrape.target.TargetFactory.Expanded;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A label set's targets, the room that their loops take, and the last round that had it. */
final class KnownLabels {
  private static final DroppedTarget NO_ROOM =
      new DroppedTarget("", Labels.empty(), DroppedTarget.Reason.LIMIT, "");

  private static final Expanded LEFT_OUT = new Expanded(List.of(), NO_ROOM);

  /** Null = it has no room, is beyond the limit, or was not looked at yet. */
  private @Nullable Expanded expanded;

  private long bytes;
  private boolean leftOut;
  private int round;

  /**
   * It is there in this round.
   *
   * @return false = it was seen in this round before
   */
  boolean seen(int now) {
    boolean first = round != now;
    round = now;
    return first;
  }

  int round() {
    return round;
  }

  /** What its loops take, or would take. */
  long bytes() {
    return bytes;
  }

  boolean hasRoom() {
    return expanded != null;
  }

  boolean isLeftOut() {
    return leftOut;
  }

  /** Without room none, and a drop of which the user is told in another way. */
  Expanded expanded() {
    Expanded own = expanded;
    return own == null ? LEFT_OUT : own;
  }

  /** The drop stands for all that have no room. */
  static boolean isNoRoom(@Nullable DroppedTarget drop) {
    return drop == NO_ROOM;
  }

  /**
   * Takes its room, or is left out.
   *
   * @param may asked when it is known what it takes; false = it is left out
   */
  boolean enter(LoopRoom room, Expanded own, boolean may) {
    leftOut = !may || !room.take(bytes);
    expanded = leftOut ? null : own;
    return !leftOut;
  }

  /** Finds out what its loops would take. */
  long weigh(Expanded own) {
    bytes = LoopWeight.of(own);
    return bytes;
  }

  /** Gives its room back. */
  void leave(LoopRoom room) {
    if (expanded != null) {
      expanded = null;
      room.give(bytes);
    }
    leftOut = false;
  }
}
