package dev.stoker.discovery.kubernetes;

import dev.stoker.discovery.kubernetes.objects.Kind;
import java.util.List;
import java.util.Locale;

/** Which objects become targets; names are Prometheus'. */
public enum Role {
  POD(Kind.POD),
  NODE(Kind.NODE),
  SERVICE(Kind.SERVICE),
  ENDPOINTS(Kind.ENDPOINTS, Kind.SERVICE, Kind.POD),
  ENDPOINTSLICE(Kind.ENDPOINTSLICE, Kind.SERVICE, Kind.POD),
  INGRESS(Kind.INGRESS);

  private final Kind primary;
  private final List<Kind> looksUp;

  Role(Kind primary, Kind... looksUp) {
    this.primary = primary;
    this.looksUp = List.of(looksUp);
  }

  /** As it is written in a config. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind whose objects are the targets. */
  Kind primary() {
    return primary;
  }

  /** Kinds that give more labels to them. */
  List<Kind> looksUp() {
    return looksUp;
  }

  /** Whether a selector of the kind may be given: it must be watched. */
  public boolean watches(Kind kind) {
    return kind == primary || looksUp.contains(kind);
  }
}
