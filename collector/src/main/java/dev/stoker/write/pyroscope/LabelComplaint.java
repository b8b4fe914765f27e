package dev.stoker.write.pyroscope;

import dev.stoker.pprof.edit.LabelMender;
import dev.stoker.pprof.edit.LabelMender.Limits;
import dev.stoker.write.endpoint.SendResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server does not take of the labels inside a profile, as it says when it refuses one. The
 * words are those of Pyroscope 1 and 2, which give no other sign.
 *
 * @param limit the number that goes with it; 0 = none
 */
record LabelComplaint(Kind kind, int limit) implements SendResult.Complaint {
  /** Default of <code>-validation.max-length-label-value</code>; the answer does not name it. */
  private static final int VALUE_BYTES = 2048;

  /** Default of <code>-validation.max-label-names-per-series</code>. */
  private static final int LABELS = 30;

  private static final Pattern NUMBER = Pattern.compile("has \\d+ label names; limit (\\d{1,9})");
  private static final Pattern SAMPLE_NUMBER =
      Pattern.compile("exceeds the sample labels limit .{0,100}?limit: (\\d{1,9})");

  enum Kind {
    NAMES("names"),
    VALUES("long values"),
    NUMBER("their number");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /**
   * @param answer the whole of it: the labels come first, and may be long
   * @param cut true = the end of it is missing, so it repeats something very long
   * @return null = it is about something else
   */
  static @Nullable LabelComplaint of(String answer, boolean cut) {
    Matcher number = NUMBER.matcher(answer);
    if (number.find()) {
      return new LabelComplaint(Kind.NUMBER, Integer.parseInt(number.group(1)));
    }
    Matcher sample = SAMPLE_NUMBER.matcher(answer);
    if (sample.find()) {
      return new LabelComplaint(Kind.NUMBER, Math.min(LABELS, Integer.parseInt(sample.group(1))));
    }
    if (answer.contains("label value too long")
        || cut && answer.contains("profile with labels '")) {
      return new LabelComplaint(Kind.VALUES, VALUE_BYTES);
    }
    boolean names =
        answer.contains("invalid label name")
            || answer.contains("label name too long")
            || answer.contains("duplicate label name");
    return names ? new LabelComplaint(Kind.NAMES, 0) : null;
  }

  /** The stricter of both, where they are of one kind. */
  LabelMender.Limits added(Limits limits) {
    return switch (kind) {
      case NAMES -> new Limits(true, limits.valueBytes(), limits.labels());
      case VALUES -> new Limits(limits.names(), limit, limits.labels());
      case NUMBER -> {
        int before = limits.labels() == 0 ? limit : limits.labels();
        yield new Limits(limits.names(), limits.valueBytes(), Math.min(before, limit));
      }
    };
  }
}
