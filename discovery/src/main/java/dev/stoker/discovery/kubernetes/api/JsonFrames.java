package dev.stoker.discovery.kubernetes.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Cuts JSON that arrives in pieces into the objects of interest, so that no more than one of them
 * is in memory: each object of a stream, or each of the <code>items</code> of a list. What a list
 * has besides its items is kept for the end. Looks at structure only; what is in an object is for
 * the parser to judge.
 */
final class JsonFrames {
  /** An object of the API is 1.5 MB at most, as etcd holds it. */
  static final int MOST_OBJECT = 8 << 20;

  /** A list's own metadata is some hundred bytes. */
  private static final int MOST_REST = 64 << 10;

  /** What is kept of an object over the bound; its name is among the first of it. */
  private static final int HEAD = 64 << 10;

  private static final int KEPT_BUFFER = 64 << 10;
  private static final int PREVIEW = 40;

  /** Takes one object. */
  interface Sink {
    void object(byte[] bytes, int offset, int length) throws IOException;

    /**
     * @param head how an object over the bound begins
     */
    void tooLarge(byte[] head) throws IOException;
  }

  private final boolean list;
  private final Sink sink;
  private final ByteArrayOutputStream rest = new ByteArrayOutputStream();
  private ByteArrayOutputStream part = new ByteArrayOutputStream();

  private int depth;
  private boolean inString;
  private boolean escaped;
  private boolean inItems;
  private boolean inObject;
  private boolean tooLarge;

  private JsonFrames(boolean list, Sink sink) {
    this.list = list;
    this.sink = sink;
  }

  /** Of one object after the other. */
  static JsonFrames ofStream(Sink sink) {
    return new JsonFrames(false, sink);
  }

  /** Of an object with an array <code>items</code>. */
  static JsonFrames ofList(Sink sink) {
    return new JsonFrames(true, sink);
  }

  /**
   * @throws IOException it is no such JSON
   */
  void feed(byte[] bytes, int offset, int length) throws IOException {
    int end = offset + length;
    int start = offset;
    for (int i = offset; i < end; i++) {
      byte b = bytes[i];
      if (inString) {
        if (escaped) {
          escaped = false;
        } else if (b == '\\') {
          escaped = true;
        } else if (b == '"') {
          inString = false;
        }
        continue;
      }
      switch (b) {
        case '"' -> {
          outside(bytes, i, end);
          inString = true;
        }
        case '{' -> {
          if (!inObject && depth == objects()) {
            rest(bytes, start, i);
            start = i;
            inObject = true;
          } else {
            outside(bytes, i, end);
          }
          depth++;
        }
        case '[' -> {
          outside(bytes, i, end);
          depth++;
          if (list && depth == 2 && !inObject) {
            rest(bytes, start, i + 1);
            start = i + 1;
            inItems = endsWithItems();
          }
        }
        case '}', ']' -> {
          depth--;
          if (depth < 0) {
            throw malformed(bytes, i, end);
          }
          if (inObject && depth == objects()) {
            object(bytes, start, i + 1);
            start = i + 1;
          } else if (inItems && depth == 1) {
            inItems = false;
            start = i;
          }
        }
        case ' ', '\n', '\r', '\t', ',', ':' -> {
          // Structure only.
        }
        default -> outside(bytes, i, end);
      }
    }
    if (inObject) {
      keep(bytes, start, end);
    } else {
      rest(bytes, start, end);
    }
  }

  /** The depth at which objects of interest begin; -1 = not here. */
  private int objects() {
    return !list ? 0 : inItems ? 2 : -1;
  }

  /** Anything but an object where only objects may be is not what was asked for. */
  private void outside(byte[] bytes, int at, int end) throws IOException {
    boolean wrong = list ? depth == 0 && bytes[at] != '{' || inItems && depth == 2 : depth == 0;
    if (wrong && !inObject) {
      throw malformed(bytes, at, end);
    }
  }

  private static IOException malformed(byte[] bytes, int at, int end) {
    String text =
        new String(bytes, at, Math.min(PREVIEW, end - at), StandardCharsets.UTF_8)
            .replaceAll("\\s+", " ");
    return new IOException("the answer is not what a Kubernetes API gives; it has: " + text);
  }

  private boolean endsWithItems() {
    String text = rest.toString(StandardCharsets.UTF_8).replaceAll("\\s+", "");
    return text.endsWith("\"items\":[");
  }

  private void rest(byte[] bytes, int from, int to) throws IOException {
    if (!list || inItems) {
      return;
    }
    if (rest.size() + to - from > MOST_REST) {
      throw new IOException("the answer has too much besides its items");
    }
    rest.write(bytes, from, to - from);
  }

  private void keep(byte[] bytes, int from, int to) {
    if (!tooLarge && part.size() + to - from > MOST_OBJECT) {
      tooLarge = true;
      byte[] head = Arrays.copyOf(part.toByteArray(), Math.min(part.size(), HEAD));
      part = new ByteArrayOutputStream();
      part.writeBytes(head);
    } else if (!tooLarge) {
      part.write(bytes, from, to - from);
    }
  }

  private void object(byte[] bytes, int from, int to) throws IOException {
    inObject = false;
    if (part.size() == 0 && !tooLarge) {
      sink.object(bytes, from, to - from);
      return;
    }
    keep(bytes, from, to);
    byte[] whole = part.toByteArray();
    boolean wasTooLarge = tooLarge;
    tooLarge = false;
    if (part.size() > KEPT_BUFFER) {
      part = new ByteArrayOutputStream();
    } else {
      part.reset();
    }
    if (wasTooLarge) {
      sink.tooLarge(whole);
    } else {
      sink.object(whole, 0, whole.length);
    }
  }

  /**
   * What a list has besides its items, which are gone from it.
   *
   * @throws IOException it has not ended
   */
  byte[] end() throws IOException {
    if (depth != 0 || inString) {
      throw new IOException("the answer ends in the middle");
    }
    return rest.toByteArray();
  }
}
