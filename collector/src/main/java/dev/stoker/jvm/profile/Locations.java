package dev.stoker.jvm.profile;

import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.Stack;
import dev.stoker.pprof.build.PprofWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The frames of one profile as pprof locations, each looked up once. */
public final class Locations {
  private final PprofWriter writer;
  private final Map<Frame, Integer> known = new HashMap<>();

  public Locations(PprofWriter writer) {
    this.writer = writer;
  }

  /** Leaf first. */
  public int[] of(Stack stack) {
    List<Frame> frames = stack.frames();
    int[] locations = new int[frames.size()];
    for (int i = 0; i < locations.length; i++) {
      locations[i] = of(frames.get(i));
    }
    return locations;
  }

  private int of(Frame frame) {
    Integer location = known.get(frame);
    if (location == null) {
      location =
          writer.location(frame.function(), frame.line() == 0 ? "" : frame.file(), frame.line());
      known.put(frame, location);
    }
    return location;
  }
}
