package dev.stoker.jvm.text;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.stoker.jvm.profile.BoundedStacks;
import dev.stoker.jvm.stack.Frame;
import dev.stoker.jvm.stack.FrameNames;
import dev.stoker.jvm.stack.Stack;
import dev.stoker.jvm.text.ThreadDumps.Sampled;
import dev.stoker.jvm.text.ThreadDumps.State;
import dev.stoker.pprof.MalformedProfileException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the JSON of <code>java.lang.management.ThreadInfo</code>s, token by token: an object with
 * <code>threads</code> as Spring Boot 2 and newer has it, or the array alone as Spring Boot 1 and
 * Micronaut have it. Fields in any order, any of them missing or null; what else there is is
 * skipped. For one dump.
 */
final class ThreadDumpReader {
  private static final int MAX_THREADS = 50_000;
  private static final int MAX_FRAMES = 1_024;

  /**
   * The thread that makes the dump is always busy with it, which says nothing about the program.
   */
  private static final String DUMPER = "sun/management/ThreadImpl.dumpThreads0";

  private final JsonParser parser;
  private final boolean threadNames;
  private final BoundedStacks stacks;

  ThreadDumpReader(JsonParser parser, boolean threadNames, BoundedStacks stacks) {
    this.parser = parser;
    this.threadNames = threadNames;
    this.stacks = stacks;
  }

  /**
   * @throws MalformedProfileException it is JSON of something else, or too much of it
   */
  void read(List<Sampled> into) throws IOException, MalformedProfileException {
    JsonToken first = parser.nextToken();
    boolean found = first == JsonToken.START_ARRAY;
    if (found) {
      threads(into);
    } else if (first == JsonToken.START_OBJECT) {
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean threads = parser.currentName().equals("threads");
        if (parser.nextToken() == JsonToken.START_ARRAY && threads) {
          found = true;
          threads(into);
        } else {
          parser.skipChildren();
        }
      }
    }
    if (parser.nextToken() != null) {
      throw new MalformedProfileException("there is more behind the JSON of the thread dump");
    }
    if (!found || into.isEmpty()) {
      throw new MalformedProfileException(
          "JSON without threads; the path must lead to a thread dump, such as"
              + " /actuator/threaddump (Spring Boot) or /threaddump (Micronaut)");
    }
  }

  private void threads(List<Sampled> into) throws IOException, MalformedProfileException {
    int count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (++count > MAX_THREADS) {
        throw new MalformedProfileException("a thread dump of more than " + MAX_THREADS);
      }
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        thread(into);
      } else {
        parser.skipChildren();
      }
    }
  }

  private void thread(List<Sampled> into) throws IOException {
    String name = "";
    State state = State.UNKNOWN;
    List<Frame> frames = new ArrayList<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (field.equals("threadName")) {
        name = text(value);
      } else if (field.equals("threadState")) {
        state = State.of(text(value));
      } else if (field.equals("stackTrace") && value == JsonToken.START_ARRAY) {
        stack(frames);
      } else {
        parser.skipChildren();
      }
    }
    if (frames.isEmpty() || frames.get(0).function().equals(DUMPER)) {
      return;
    }
    if (threadNames) {
      frames.add(new Frame("[" + (name.isEmpty() ? "unknown thread" : name) + "]", 0));
    }
    into.add(new Sampled(state, stacks.admit(new Stack(frames))));
  }

  private void stack(List<Frame> frames) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() == JsonToken.START_OBJECT) {
        Frame frame = frame();
        if (frames.size() < MAX_FRAMES) {
          frames.add(frame);
        }
      } else {
        parser.skipChildren();
      }
    }
  }

  private Frame frame() throws IOException {
    String type = "";
    String method = "";
    int line = 0;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (field.equals("className")) {
        type = text(value);
      } else if (field.equals("methodName")) {
        method = text(value);
      } else if (field.equals("lineNumber") && value == JsonToken.VALUE_NUMBER_INT) {
        BigInteger number = parser.getBigIntegerValue();
        line = number.bitLength() < Integer.SIZE ? number.intValue() : 0;
      } else {
        parser.skipChildren();
      }
    }
    return new Frame(
        type.isEmpty() && method.isEmpty() ? "[unknown frame]" : FrameNames.of(type, method), line);
  }

  /** Empty for null and for what is no text; then whatever it holds is skipped. */
  private String text(JsonToken value) throws IOException {
    if (value == JsonToken.VALUE_STRING) {
      return parser.getText();
    }
    parser.skipChildren();
    return "";
  }
}
