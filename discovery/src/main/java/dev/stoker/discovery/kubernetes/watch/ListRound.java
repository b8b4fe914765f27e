package dev.stoker.discovery.kubernetes.watch;

import dev.stoker.discovery.kubernetes.api.Told;
import dev.stoker.discovery.kubernetes.objects.ObjectKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a list with all its pages has told. */
final class ListRound {
  private final long beganNanos;
  private final Set<String> keys = new HashSet<>();
  private int nameless;
  private Told.@Nullable PageEnd pageEnd;
  private String version = "";
  private boolean toldNothing = true;

  ListRound(long beganNanos) {
    this.beganNanos = beganNanos;
  }

  /**
   * @return those of them that have a name
   */
  List<Told> take(List<Told> told) {
    toldNothing = false;
    List<Told> named = new ArrayList<>(told.size());
    for (Told one : told) {
      if (one instanceof Told.There there) {
        keys.add(ObjectKey.of(there.object().getMetadata()));
        named.add(one);
      } else if (one instanceof Told.Odd odd && odd.key().isEmpty()) {
        nameless++;
      } else if (one instanceof Told.Odd odd) {
        keys.add(odd.key());
        named.add(one);
      } else if (one instanceof Told.PageEnd page) {
        pageEnd = page;
        version = version.isEmpty() ? page.version() : version;
      }
    }
    return named;
  }

  long beganNanos() {
    return beganNanos;
  }

  /** No word of it has come. */
  boolean hasToldNothing() {
    return toldNothing;
  }

  /** The version of its first page, from which a watch goes on. */
  String version() {
    return version;
  }

  /** The objects that are there, whether they can be used or not. */
  Set<String> keys() {
    return keys;
  }

  /** Objects that have not even a name. */
  int nameless() {
    return nameless;
  }

  /** The end of the page that is being read, which is given once; null = it has not come. */
  Told.@Nullable PageEnd pageEnd() {
    Told.PageEnd end = pageEnd;
    pageEnd = null;
    return end;
  }
}
