package dev.stoker.pprof.check;

import dev.stoker.pprof.Gzip;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.Workspace;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Tells whether a body is a profile. The bytes decide, never the Content-Type: working servers send
 * all sorts of types, and broken ones send HTML as octet-stream.
 */
public final class BodyCheck {
  private static final int PREVIEW = 50;
  private static final Pattern LEGACY =
      Pattern.compile("^(heap profile|goroutine(?:leak)? profile|threadcreate profile|--- \\w+)");

  /**
   * @param body the same array as before when nothing had to be mended
   * @param timeNanos 0 = the profile does not say when it was taken
   * @param mends what was mended
   */
  public record Checked(byte[] body, long timeNanos, Set<Mend> mends) {
    /** Describes the corrections for users; "" = none. */
    public String mended() {
      return Mend.text(mends);
    }
  }

  /**
   * The cheap look at every body: first bytes, and what a gzip trailer claims.
   *
   * @return true = it looks odd and deserves the full look (what a trailer claims may be a lie, or
   *     the end of a truncated body)
   * @throws MalformedProfileException says what came instead
   */
  public static boolean quick(byte[] body, long maxInflated) throws MalformedProfileException {
    if (body.length == 0) {
      throw new MalformedProfileException(
          "body is empty; the target answered but sent no profile (look at its log)");
    }
    if (Gzip.isGzip(body)) {
      return maxInflated > 0 && Gzip.claimedSize(body) > maxInflated;
    }
    if (body.length > 3 && new String(body, 0, 4, StandardCharsets.ISO_8859_1).equals("FLR\0")) {
      throw new MalformedProfileException(
          "body is a JFR recording, not pprof; write source = jfr for such targets, or name the path in"
              + " profiling_config.profile.jfr");
    }
    textInstead(body);
    int wireType = body[0] & 7;
    if (body[0] <= 0 || wireType == 3 || wireType == 4 || wireType > 5) {
      throw new MalformedProfileException(
          "body is no profile: it starts with " + hex(body) + ", neither gzip nor protobuf");
    }
    return false;
  }

  /**
   * The full look: checksum, inflated size, structure, time.
   *
   * @param deep true = also ids, indexes, counts of values and strings, with what can be mended
   *     without guessing mended
   * @throws MalformedProfileException says what is wrong
   */
  public static Checked full(byte[] body, long maxInflated, boolean deep, Workspace workspace)
      throws MalformedProfileException {
    quick(body, maxInflated);
    try {
      ProfileIndex index = workspace.index(body, maxInflated);
      long timeNanos = index.timeNanos;
      ShapeCheck shape = new ShapeCheck(index);
      if (deep) {
        shape.check();
      }
      Checked checked =
          deep
              ? new Checked(shape.mended(body, workspace), timeNanos, shape.mends())
              : new Checked(body, timeNanos, Set.of());
      index.clear();
      return checked;
    } catch (MalformedProfileException malformed) {
      if (Gzip.isGzip(body)) {
        textInstead(workspace.inflatedHead()); // a gzipped error page is still an error page
      } else {
        compressed(body);
      }
      throw malformed;
    }
  }

  /** Compressed otherwise than by gzip, by the first bytes; Brotli has none of its own. */
  private static void compressed(byte[] body) throws MalformedProfileException {
    boolean zstd =
        body.length > 4
            && (body[0] & 0xff) == 0x28
            && (body[1] & 0xff) == 0xb5
            && (body[2] & 0xff) == 0x2f
            && (body[3] & 0xff) == 0xfd;
    boolean zlib =
        body.length > 2 && body[0] == 0x78 && ((body[0] << 8) + (body[1] & 0xff)) % 31 == 0;
    if (zstd || zlib) {
      throw new MalformedProfileException(
          "body is compressed by "
              + (zstd ? "zstd" : "deflate (zlib)")
              + ", a profile is gzipped or plain; switch this compression off for the path, at the"
              + " target or at the proxy before it");
    }
  }

  private static void textInstead(byte[] body) throws MalformedProfileException {
    String head = new String(body, 0, Math.min(body.length, 512), StandardCharsets.UTF_8).strip();
    if (head.isEmpty()) {
      return;
    }
    if (head.startsWith("<") && body.length > 5) {
      throw new MalformedProfileException(
          "body is HTML, not a profile: "
              + preview(head)
              + "; is the path right, or is a login page in between?");
    }
    boolean json = (head.startsWith("{") || head.startsWith("[")) && printable(head);
    if (json) {
      throw new MalformedProfileException("body is JSON, not a profile: " + preview(head));
    }
    if (LEGACY.matcher(head).find()) {
      throw new MalformedProfileException(
          "body is a profile in the legacy text format: "
              + preview(head)
              + "; drop debug=1 from the path or params, the binary format is needed");
    }
    if (printable(head)) {
      throw new MalformedProfileException("body is text, not a profile: " + preview(head));
    }
  }

  /** A protobuf's first bytes are a tag and a small length: never eight printable ones in a row. */
  private static boolean printable(String head) {
    int end = Math.min(head.length(), 64);
    for (int i = 0; i < end; i++) {
      char c = head.charAt(i);
      if (c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == '\ufffd' || c == 0x7f) {
        return false;
      }
    }
    return end >= 4;
  }

  private static String preview(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ");
    return "\"" + (line.length() > PREVIEW ? line.substring(0, PREVIEW) + "…" : line) + "\"";
  }

  private static String hex(byte[] body) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.min(8, body.length); i++) {
      text.append(i == 0 ? "" : " ").append(String.format("%02x", body[i]));
    }
    return text.toString();
  }

  private BodyCheck() {}
}
