package dev.stoker.scrape.source.jolokia;

import dev.stoker.scrape.fetch.Outcome;
import dev.stoker.scrape.source.CallFailed;
import dev.stoker.scrape.source.TargetCalls;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Jolokia's answer to <code>readStream</code>, decoded as it comes: the block stands in <code>value
 * </code> as an array of signed numbers (or base64 text), null after the last one. A tree of it
 * would take thirty times its size. Everything else of the answer is skipped, except for what says
 * that something went wrong.
 */
final class BlockDecoder implements TargetCalls.Sink {
  private static final int MAX_TEXT = 1_000;
  private static final int QUADS = 4 << 10;
  private static final int MAX_DEPTH = 64;

  private enum Mode {
    SCAN,
    TEXT,
    NUMBERS,
    BASE64
  }

  private final ByteArrayOutputStream out;
  private final int most;
  private final long limit;
  private Mode mode = Mode.SCAN;
  private int depth;
  private boolean escaped;
  private boolean valueFollows;
  private boolean found;
  private boolean isNull;
  private String key = "";
  private String error = "";
  private String errorType = "";
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder scalar = new StringBuilder();
  private final byte[] quads = new byte[QUADS];
  private int quadCount;
  private int number;
  private boolean digits;
  private boolean negative;

  /**
   * @param out gets the bytes of the block
   * @param block most bytes of one
   * @param limit of all bytes in it, 0 = none
   */
  BlockDecoder(ByteArrayOutputStream out, int block, long limit) {
    this.out = out;
    this.most = out.size() + block;
    this.limit = limit;
  }

  /** There are no more blocks. */
  boolean isLast() {
    return isNull;
  }

  /**
   * The answer has ended.
   *
   * @throws CallFailed it was no block
   */
  void finish() throws CallFailed {
    if (!error.isEmpty() || !errorType.isEmpty()) {
      throw new CallFailed(Outcome.HTTP, "Jolokia cannot read on: " + errorType + " " + error);
    }
    if (!found || depth != 0) {
      throw malformed("it has no value");
    }
  }

  /** Bytes with the spare room of a growing array. */
  @Override
  public long held() {
    return 2L * out.size();
  }

  @Override
  public void data(Buffer data) throws CallFailed {
    for (byte b : data.getBytes()) {
      take(b);
    }
    if (out.size() > most) {
      throw malformed("it is larger than was asked for");
    }
    if (limit > 0 && out.size() > limit) {
      throw new CallFailed(
          Outcome.TOO_LARGE,
          "the recording since the last scrape is larger than max_body_size ("
              + limit
              + " bytes); scrape more often, record less, or raise max_body_size");
    }
  }

  private void take(byte b) throws CallFailed {
    switch (mode) {
      case NUMBERS -> number(b);
      case BASE64 -> base64(b);
      case TEXT -> text(b);
      default -> scan(b);
    }
  }

  private void scan(byte b) throws CallFailed {
    switch (b) {
      case '"' -> {
        if (depth == 1 && valueFollows && key.equals("value")) {
          valueFollows = false;
          mode = Mode.BASE64;
        } else {
          text.setLength(0);
          mode = Mode.TEXT;
        }
      }
      case '[' -> {
        if (depth == 1 && valueFollows && key.equals("value")) {
          valueFollows = false;
          mode = Mode.NUMBERS;
        } else {
          down();
        }
      }
      case '{' -> down();
      case ']', '}' -> {
        scalarEnds();
        depth--;
      }
      case ':' -> {
        if (depth == 1) {
          key = text.toString();
          valueFollows = true;
          scalar.setLength(0);
        }
      }
      case ',' -> scalarEnds();
      default -> {
        if (b > ' ' && depth == 1 && valueFollows && scalar.length() < MAX_TEXT) {
          scalar.append((char) b);
        } else if (b > ' ' && depth == 0) {
          throw malformed(
              b == '<'
                  ? "it is HTML: is a login page or a proxy in between?"
                  : "it is no JSON object");
        }
      }
    }
  }

  private void down() throws CallFailed {
    valueFollows = false;
    if (++depth > MAX_DEPTH) {
      throw malformed("it is nested too deep");
    }
  }

  private void scalarEnds() {
    if (depth == 1 && valueFollows && key.equals("value") && scalar.toString().equals("null")) {
      isNull = true;
      found = true;
    }
    if (depth == 1) {
      valueFollows = false;
    }
  }

  private void text(byte b) {
    if (escaped) {
      escaped = false;
    } else if (b == '\\') {
      escaped = true;
      return;
    } else if (b == '"') {
      mode = Mode.SCAN;
      if (depth == 1 && valueFollows) {
        valueFollows = false;
        error = key.equals("error") ? unicode() : error;
        errorType = key.equals("error_type") ? unicode() : errorType;
      }
      return;
    }
    if (text.length() < MAX_TEXT) {
      text.append((char) (b & 0xff));
    }
  }

  private String unicode() {
    return new String(
        text.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private void number(byte b) throws CallFailed {
    if (b >= '0' && b <= '9') {
      number = number * 10 + (b - '0');
      digits = true;
      if (number > 255) {
        throw malformed("a byte in it is " + number);
      }
    } else if (b == '-' && !digits) {
      negative = true;
    } else if (b == ',' || b == ']') {
      if (digits) {
        out.write(negative ? -number : number);
      } else if (b == ',' || negative) {
        throw malformed("a number in it is missing");
      }
      number = 0;
      digits = false;
      negative = false;
      if (b == ']') {
        found = true;
        mode = Mode.SCAN;
      }
    } else if (b > ' ') {
      throw malformed("its value is no list of bytes");
    }
  }

  private void base64(byte b) throws CallFailed {
    if (b == '"') {
      decode();
      found = true;
      mode = Mode.SCAN;
    } else if (b != '\\') {
      quads[quadCount++] = b;
      if (quadCount == QUADS) {
        decode();
      }
    }
  }

  private void decode() throws CallFailed {
    try {
      out.writeBytes(Base64.getDecoder().decode(Arrays.copyOf(quads, quadCount)));
    } catch (IllegalArgumentException wrong) {
      throw malformed("its value is no base64: " + wrong.getMessage());
    }
    quadCount = 0;
  }

  private static CallFailed malformed(String why) {
    return new CallFailed(Outcome.MALFORMED, "Jolokia's answer is no block of a recording: " + why);
  }
}
