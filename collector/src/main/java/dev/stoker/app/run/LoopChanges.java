package dev.stoker.app.run;

import dev.stoker.reload.Change;
import dev.stoker.scrape.loop.TargetView;
import dev.stoker.scrape.target.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts what a reload does to the loops of targets. */
final class LoopChanges {
  private final Map<String, String> before;

  /**
   * @param before the loops before the reload
   */
  LoopChanges(List<TargetView> before) {
    this.before = byKey(before);
  }

  /** Key of each loop, to what it scrapes. */
  private static Map<String, String> byKey(List<TargetView> loops) {
    return loops.stream()
        .map(TargetView::target)
        .collect(
            Collectors.toMap(Target::key, target -> target.type().key() + ' ' + target.process()));
  }

  /** Compares with the loops after it. */
  Change.Loops to(List<TargetView> loops) {
    Map<String, String> after = byKey(loops);
    int kept = 0;
    List<String> stopped = new ArrayList<>();
    for (Map.Entry<String, String> loop : before.entrySet()) {
      if (after.containsKey(loop.getKey())) {
        kept++;
      } else {
        stopped.add(loop.getValue());
      }
    }
    int restarted = 0;
    for (Map.Entry<String, String> loop : after.entrySet()) {
      if (!before.containsKey(loop.getKey()) && stopped.remove(loop.getValue())) {
        restarted++;
      }
    }
    return new Change.Loops(kept, restarted);
  }
}
