package dev.stoker.jvm.stack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A stack by value, leaf first, with the labels of what was seen on it. Immutable. */
public final class Stack {
  private final Frame[] frames;
  private final List<String> labels;
  private final int hash;

  public Stack(List<Frame> leafFirst) {
    this(leafFirst, List.of());
  }

  /**
   * @param labels a name, its value, the next name, …
   */
  public Stack(List<Frame> leafFirst, List<String> labels) {
    this.frames = leafFirst.toArray(Frame[]::new);
    this.labels = List.copyOf(labels);
    this.hash = Arrays.hashCode(frames) * 31 + this.labels.hashCode();
  }

  /** A thread's stack as the JVM gives it, named as those of a recording are. */
  public static Stack of(StackTraceElement[] leafFirst) {
    List<Frame> frames = new ArrayList<>(leafFirst.length);
    for (StackTraceElement element : leafFirst) {
      String function =
          FrameNames.of(element.getClassName().replace('.', '/'), element.getMethodName());
      frames.add(new Frame(function, element.getLineNumber()));
    }
    return new Stack(frames);
  }

  /** Leaf first; a copy that cannot be changed. */
  public List<Frame> frames() {
    return List.of(frames);
  }

  /** A name, its value, the next name, …; mostly none. */
  public List<String> labels() {
    return labels;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Stack
        && hash == ((Stack) other).hash
        && Arrays.equals(frames, ((Stack) other).frames)
        && labels.equals(((Stack) other).labels);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
