package dev.stoker.jvm.text;

import dev.stoker.jvm.profile.BoundedStacks;
import dev.stoker.jvm.profile.LibraryNames;
import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.FrameNames;
import dev.stoker.jvm.stack.Stack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Frames of collapsed stacks, named as those of recordings. What async-profiler's output options
 * add to a name (<code>ann</code>: <code>_[j]</code> and others, <code>sig</code>, <code>dot</code>
 * ) is taken off, so that the same code is the same frame whatever the options were.
 */
final class CollapsedFrames {
  private static final int MAX_FRAMES = 1_024;
  private static final int MAX_KNOWN = 100_000;

  /** How the code was run: interpreted, compiled, inlined, by C1, or in the kernel. */
  private static final Pattern ANNOTATION = Pattern.compile("_\\[[0j1ik]]$");

  /** Class, method, and with <code>sig</code> the descriptor, in which ; is written as |. */
  private static final Pattern JAVA =
      Pattern.compile(
          "(?<type>[\\p{L}_$][\\p{L}\\p{N}_$/.+-]*)\\.(?<method>[\\p{L}_$][\\p{L}\\p{N}_$-]*|<(?:cl)?init>)"
              + "(?:\\(.*)?(?::(?<line>[0-9]{1,7}))?");

  /**
   * The frame that the option <code>threads</code> adds at the root; [unknown] and others are
   * ordinary frames.
   */
  private static final Pattern THREAD = Pattern.compile("\\[(?<name>.*) tid=[0-9]+]");

  private final boolean threadNames;
  private final Map<String, Frame> known = new HashMap<>();

  CollapsedFrames(boolean threadNames) {
    this.threadNames = threadNames;
  }

  /**
   * @param text frames, root first, joined by <code>;</code>; past the limit those at the root are
   *     left out
   */
  Stack stack(String text) {
    List<Frame> leafFirst = new ArrayList<>();
    int end = text.length();
    while (end >= 0 && leafFirst.size() < MAX_FRAMES) {
      int start = start(text, end);
      String name = text.substring(start, end);
      if (!name.isEmpty() && (start > 0 || threadNames || !THREAD.matcher(name).matches())) {
        leafFirst.add(frame(name));
      }
      end = start - 1;
    }
    return leafFirst.isEmpty() ? BoundedStacks.NO_STACK : new Stack(leafFirst);
  }

  /**
   * Index at which the frame that ends there begins. The name of a library that was replaced has a
   * semicolon in it.
   */
  private static int start(String text, int end) {
    int start = text.lastIndexOf(';', end - 1) + 1;
    if (start > 1 && LibraryNames.isReplacedSuffix(text.substring(start, end))) {
      int before = text.lastIndexOf(';', start - 2) + 1;
      return LibraryNames.isLibrary(text.substring(before, start - 1)) ? before : start;
    }
    return start;
  }

  private Frame frame(String text) {
    Frame frame = known.get(text);
    if (frame == null) {
      frame = named(text);
      if (known.size() < MAX_KNOWN) {
        known.put(text, frame);
      }
    }
    return frame;
  }

  private static Frame named(String text) {
    Matcher thread = THREAD.matcher(text);
    if (thread.matches()) {
      return new Frame("[" + thread.group("name") + "]", 0);
    }
    String plain = ANNOTATION.matcher(text).replaceFirst("");
    Matcher java = JAVA.matcher(plain);
    if (text.endsWith("_[k]") || LibraryNames.isLibrary(plain) || !java.matches()) {
      return new Frame(plain, 0);
    }
    String line = java.group("line");
    return new Frame(
        FrameNames.of(java.group("type"), java.group("method")),
        line == null ? 0 : Integer.parseInt(line));
  }
}
