package dev.stoker.discovery;

import dev.stoker.labels.Labels;
import java.util.List;

/** A component that exports targets. */
public interface TargetNode {
  /** Its id, such as <code>discovery.kubernetes.pods</code>. */
  String component();

  /** What it exports now; the list is never changed, a new one takes its place. */
  List<Labels> targets();

  /** What it took out of its input. */
  List<DroppedTarget> dropped();

  /** How its input became its output; none for a source. */
  List<Decision> decisions();

  ComponentHealth health();

  /** It has had its first result, or its first error. */
  boolean ready();
}
