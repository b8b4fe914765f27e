package dev.stoker.jvm.text;

import dev.stoker.jvm.profile.BoundedStacks;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.jvm.profile.LimitedInput;
import dev.stoker.jvm.profile.Measure;
import dev.stoker.jvm.profile.Series;
import dev.stoker.jvm.profile.SeriesWriter;
import dev.stoker.jvm.stack.StackValues;
import dev.stoker.pprof.MalformedProfileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads collapsed stacks as async-profiler and flame graph tools write them, one on each line:
 * frames from the root to the leaf joined by <code>;</code>, a space, and a number of samples.
 * Gzipped or not. The text does not tell what the samples stand for and how far apart they are.
 */
public final class CollapsedBody {
  private static final Pattern LINE = Pattern.compile(".*\\S [0-9]+\\s*");
  private static final int SNIFFED = 64 << 10;
  private static final int MAX_DIGITS = 15;

  /** 115 days of thread time: no window holds more. */
  private static final double MAX_NANOS = 1e16;

  /** The kind of time that a sample stands for. */
  public enum Of {
    CPU,
    WALL
  }

  /**
   * How to read a text.
   *
   * @param of what was sampled
   * @param periodNanos what a sample stands for
   * @param threadNames false = the frame with the thread's name at the root is taken off
   */
  public record Options(Of of, long periodNanos, boolean threadNames) {}

  private CollapsedBody() {}

  /**
   * Recognises collapsed stacks by the first lines: most have frames and a number at the end. A
   * text with some odd lines counts too, so that {@link #convert} can name them.
   */
  public static boolean isCollapsed(byte[] body) {
    String text = head(body);
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    long stacks = lines.stream().filter(line -> LINE.matcher(line).matches()).count();
    return text.indexOf(';') >= 0
        && "<{".indexOf(text.charAt(0)) < 0
        && lines.stream().anyMatch(line -> line.indexOf(';') > 0 && LINE.matcher(line).matches())
        && stacks * 2 >= lines.size();
  }

  /** Neither a protobuf nor HTML. */
  public static boolean isText(byte[] body) {
    String text = head(body);
    return !text.isBlank()
        && text.charAt(0) != '<'
        && text.chars().noneMatch(c -> c < ' ' && "\t\n\r".indexOf(c) < 0 || c == 0xfffd);
  }

  /** Whole lines at the beginning; empty = the body is damaged. */
  private static String head(byte[] body) {
    try (InputStream in = LimitedInput.open(body, 0)) {
      byte[] head = in.readNBytes(SNIFFED);
      String text = new String(head, StandardCharsets.UTF_8);
      // The last line may be cut.
      return head.length == SNIFFED ? text.substring(0, text.lastIndexOf('\n') + 1) : text;
    } catch (IOException damaged) {
      return "";
    }
  }

  /**
   * @param maxInflated bytes of text, 0 = no limit
   * @param timeNanos start, Unix time
   * @throws MalformedProfileException what is wrong with it, and in which line
   */
  public static ConvertedProfile convert(
      byte[] body, long maxInflated, Options options, long timeNanos, long durationNanos)
      throws MalformedProfileException {
    StackValues values = new StackValues();
    try (InputStream in = LimitedInput.open(body, maxInflated)) {
      read(new TextLines(in), options, values);
    } catch (EOFException cut) {
      throw new MalformedProfileException(
          "the gzipped text is cut; the target or a proxy ended the answer early");
    } catch (IOException damaged) {
      throw new MalformedProfileException(String.valueOf(damaged.getMessage()));
    }
    boolean cpu = options.of() == Of.CPU;
    Series series = cpu ? Series.CPU : Series.WALL;
    byte[] profile =
        new SeriesWriter(series, options.periodNanos())
            .write(Map.of(cpu ? Measure.CPU : Measure.WALL, values), timeNanos, durationNanos);
    return new ConvertedProfile(series.profileName, profile);
  }

  private static void read(TextLines lines, Options options, StackValues values)
      throws IOException, MalformedProfileException {
    CollapsedFrames frames = new CollapsedFrames(options.threadNames());
    BoundedStacks stacks = new BoundedStacks();
    double nanos = 0;
    for (String line = lines.next(); line != null; line = lines.next()) {
      String text = line.stripTrailing();
      if (!text.isEmpty()) {
        int space = text.lastIndexOf(' ');
        long samples = samples(text, space, lines.number());
        nanos += (double) samples * options.periodNanos();
        if (nanos > MAX_NANOS) {
          throw new MalformedProfileException(
              "line "
                  + lines.number()
                  + ": more samples than any window holds; ask async-profiler without the option total:"
                  + " the numbers must be samples");
        }
        if (samples > 0) {
          values.add(
              stacks.admit(frames.stack(text.substring(0, space))),
              samples,
              samples * options.periodNanos());
        }
      }
    }
  }

  private static long samples(String line, int space, long number)
      throws MalformedProfileException {
    int digits = line.length() - space - 1;
    boolean numeric = line.chars().skip(space + 1L).allMatch(c -> c >= '0' && c <= '9');
    if (space <= 0 || digits == 0 || digits > MAX_DIGITS || !numeric) {
      throw new MalformedProfileException(
          "line "
              + number
              + " is no collapsed stack (frames joined by ';', a space, a number of samples): "
              + TextLines.preview(line));
    }
    return Long.parseLong(line.substring(space + 1));
  }
}
