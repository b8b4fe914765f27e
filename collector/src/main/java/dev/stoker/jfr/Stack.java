package dev.stoker.jfr;

import java.util.Arrays;
import java.util.List;

/** A stack by value, leaf first. Immutable. */
public final class Stack {
  private final Frame[] frames;
  private final int hash;

  public Stack(List<Frame> leafFirst) {
    this.frames = leafFirst.toArray(Frame[]::new);
    this.hash = Arrays.hashCode(frames);
  }

  /** Leaf first; a copy that cannot be changed. */
  public List<Frame> frames() {
    return List.of(frames);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Stack that && hash == that.hash && Arrays.equals(frames, that.frames);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
