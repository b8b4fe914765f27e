package dev.stoker.app.command;

import dev.stoker.pprof.flame.FlameTree;
import dev.stoker.pprof.flame.ProfileSummary;
import java.time.Instant;
import java.util.stream.Collectors;

/** The text that <code>stoker scrape</code> prints about a profile. */
final class SummaryText {
  private static final int TOP = 10;

  static String of(ProfileSummary summary) {
    StringBuilder text = new StringBuilder();
    text.append("sample types: ")
        .append(
            summary.sampleTypes().stream()
                .map(type -> type.type() + "/" + type.unit())
                .collect(Collectors.joining(", ")))
        .append("\nsamples: ")
        .append(summary.samples())
        .append("\ntime: ")
        .append(
            summary.timeNanos() <= 0
                ? "not set"
                : Instant.ofEpochSecond(0, summary.timeNanos()).toString())
        .append(", duration: ")
        .append(summary.durationNanos() / 1_000_000)
        .append(" ms\ntop functions by ")
        .append(summary.shown().type())
        .append(" (total ")
        .append(summary.total())
        .append(' ')
        .append(summary.shown().unit())
        .append("):");
    summary.top().stream().limit(TOP).forEach(top -> text.append("\n  ").append(line(top)));
    return text.toString();
  }

  private static String line(FlameTree.Top top) {
    return String.format("%14d self %14d total  %s", top.self(), top.total(), top.name());
  }

  private SummaryText() {}
}
