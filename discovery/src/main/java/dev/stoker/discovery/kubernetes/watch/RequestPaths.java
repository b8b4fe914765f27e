package dev.stoker.discovery.kubernetes.watch;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** What an API server is asked for, to list and to watch the objects of one kind. Pure. */
final class RequestPaths {
  private static final int PAGE = 500;

  private final KindWatch.Key key;

  RequestPaths(KindWatch.Key key) {
    this.key = key;
  }

  /**
   * What is on one node, an API server has at hand in its memory, where it knows no pages.
   *
   * @param from "" = the first page
   * @param fresh what it has at hand may be too old
   */
  String list(String from, boolean fresh) {
    if (Selectors.isOfOneNode(key.selector().field())) {
      return path(fresh ? "" : "resourceVersion=0");
    }
    return path("limit=" + PAGE + (from.isEmpty() ? "" : "&continue=" + encoded(from)));
  }

  /**
   * @param seconds after which the API server is to end it
   */
  String watch(String version, int seconds) {
    return path(
        "watch=1&allowWatchBookmarks=true&timeoutSeconds="
            + seconds
            + "&resourceVersion="
            + encoded(version));
  }

  private String path(String query) {
    StringBuilder path = new StringBuilder(key.kind().path(encoded(key.namespace())));
    path.append('?').append(query);
    if (!key.selector().label().isEmpty()) {
      path.append("&labelSelector=").append(encoded(key.selector().label()));
    }
    if (!key.selector().field().isEmpty()) {
      path.append("&fieldSelector=").append(encoded(Selectors.field(key.selector().field())));
    }
    return path.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
