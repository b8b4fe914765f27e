package dev.stoker.concurrent;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a log readable when many things fail at once: of each kind of line the first {@value
 * #SINGLE} of a window of 10 s are logged one by one, and all further ones at its end as one line
 * with their number and their reasons. Bounded.
 */
public final class LogBursts {
  static final int SINGLE = 10;
  static final long WINDOW_MILLIS = 10_000;
  private static final int MAX_REASONS = 50;
  private static final int SHOWN_REASONS = 5;
  private static final int MAX_LENGTH = 160;
  private static final String OTHERS = "other reasons";

  /** Names, addresses and numbers differ from target to target where the reason is the same. */
  private static final Pattern OWN = Pattern.compile("\"[^\"]*\"|\\S*[0-9]\\S*");

  /** Logs what was not logged one by one. */
  public interface Summary {
    /**
     * @param more how many
     * @param reasons the most frequent ones, each with its number; "" = there are none
     */
    void tell(String kind, int more, String reasons);
  }

  private static final class Window {
    final Map<String, Integer> reasons = new LinkedHashMap<>();
    int lines;
    int more;
    Timers.Cancellable end = () -> {};
  }

  private final Timers timers;
  private final Summary summary;
  private final Map<String, Window> windows = new HashMap<>();

  public LogBursts(Timers timers, Summary summary) {
    this.timers = timers;
    this.summary = summary;
  }

  /**
   * Logs a line, now or as a part of the sum.
   *
   * @param kind one of a few
   * @param reason null = there is none
   */
  public void tell(String kind, @Nullable String reason, Runnable line) {
    Window window = windows.get(kind);
    if (window == null) {
      Window begun = new Window();
      windows.put(kind, begun);
      begun.end = timers.after(WINDOW_MILLIS, () -> end(kind, begun));
      window = begun;
    }
    if (window.lines < SINGLE) {
      window.lines++;
      line.run();
      return;
    }
    window.more++;
    if (reason != null) {
      String group = group(reason);
      boolean known = window.reasons.containsKey(group) || window.reasons.size() < MAX_REASONS;
      window.reasons.merge(known ? group : OTHERS, 1, Integer::sum);
    }
  }

  private static String group(String reason) {
    String head = reason.length() > MAX_LENGTH ? reason.substring(0, MAX_LENGTH) : reason;
    return OWN.matcher(head).replaceAll("…");
  }

  private void end(String kind, Window window) {
    windows.remove(kind, window);
    window.end.cancel();
    if (window.more > 0) {
      summary.tell(kind, window.more, reasons(window.reasons));
    }
  }

  private static String reasons(Map<String, Integer> reasons) {
    Comparator<Map.Entry<String, Integer>> most =
        Map.Entry.<String, Integer>comparingByValue().reversed();
    int others = reasons.values().stream().mapToInt(Integer::intValue).sum();
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Integer> reason :
        reasons.entrySet().stream()
            .filter(reason -> !reason.getKey().equals(OTHERS))
            .sorted(most)
            .limit(SHOWN_REASONS)
            .toList()) {
      text.append(text.length() == 0 ? "" : "; ");
      text.append(reason.getValue()).append(" × ").append(reason.getKey());
      others -= reason.getValue();
    }
    return others == 0
        ? text.toString()
        : text + (text.length() == 0 ? "" : "; ") + others + " × " + OTHERS;
  }

  /** Logs now what would be logged at the end of a window. */
  public void flush() {
    Map.copyOf(windows).forEach(this::end);
  }
}
