package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs which targets of a component come and go, on level debug. */
final class TargetChangeLog {
  private static final Logger log = LoggerFactory.getLogger(DiscoveredTargets.class);

  /** Of targets that come or go at once. */
  private static final int MOST = 1_000;

  private final String component;

  TargetChangeLog(String component) {
    this.component = component;
  }

  void log(List<Labels> now, List<Labels> before) {
    if (log.isDebugEnabled()) {
      log("a target is added", now, before);
      log("a target is removed", before, now);
    }
  }

  private void log(String message, List<Labels> some, List<Labels> others) {
    Set<Labels> left = new LinkedHashSet<>(some);
    others.forEach(left::remove);
    left.stream()
        .limit(MOST)
        .forEach(
            target ->
                log.atDebug()
                    .addKeyValue("component", component)
                    .addKeyValue("target", target)
                    .log(message));
    if (left.size() > MOST) {
      log.atDebug()
          .addKeyValue("component", component)
          .addKeyValue("targets", left.size() - MOST)
          .log("{}: there are more of these", message);
    }
  }
}
