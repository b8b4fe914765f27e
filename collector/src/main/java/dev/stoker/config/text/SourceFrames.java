package dev.stoker.config.text;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The blocks and lists that are open, and which of them has no end. The whole text is one. */
final class SourceFrames {
  private final Deque<SourceFrame> frames = new ArrayDeque<>();

  /** A block in which a component begins that was open then. */
  private @Nullable OpenBlock suspect;

  SourceFrames() {
    frames.push(
        new SourceFrame(new OpenBlock("", 0, 0, '}', ""), Masked.Room.OPEN, "", Masked.Room.OPEN));
  }

  /** 1 = nothing is open. */
  int depth() {
    return frames.size();
  }

  SourceFrame inner() {
    return frames.element();
  }

  void open(SourceFrame frame) {
    String outer = inner().open.path();
    OpenBlock open = frame.open;
    if (frames.size() > 1
        && open.closing() == '}'
        && suspect == null
        && SourceNames.isComponent(open.path(), outer)) {
      String component = open.path().substring(outer.length() + 1);
      suspect = outermost(component + " of line " + open.line());
    }
    frames.push(frame);
  }

  private OpenBlock outermost(String before) {
    OpenBlock outermost = inner().open;
    for (SourceFrame frame : frames) {
      outermost = frame.open.path().isEmpty() ? outermost : frame.open;
    }
    return new OpenBlock(
        outermost.path(), outermost.line(), outermost.column(), outermost.closing(), before);
  }

  /** Closes the innermost one; null = none is open. */
  @Nullable SourceFrame close() {
    return frames.size() == 1 ? null : frames.pop();
  }

  /** What has no end: a block in which another component begins, or the innermost one. */
  @Nullable OpenBlock unclosed() {
    return frames.size() == 1 ? null : suspect == null ? inner().open : suspect;
  }
}
