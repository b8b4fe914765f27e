package dev.stoker.discovery.annotations;

import dev.stoker.labels.Labels;
import java.util.List;

/** Where in a pod a wish is answered, or why nowhere. */
sealed interface Place {
  /**
   * @param base the target whose container is meant
   */
  record Found(Labels base, String port) implements Place {}

  record Missing(String why) implements Place {}

  /**
   * @param running targets of the pod's running containers
   */
  static Place of(Wish wish, List<Labels> running) {
    List<Labels> candidates =
        running.stream()
            .filter(
                target ->
                    wish.container().isEmpty() || Pod.container(target).equals(wish.container()))
            .toList();
    if (candidates.isEmpty()) {
      return new Missing(
          wish.container().isEmpty()
              ? "the pod has no running container"
              : "the pod has no running container \"" + wish.container() + "\"");
    }
    if (!wish.portName().isEmpty()) {
      return named(wish, candidates);
    }
    return wish.port().isEmpty() ? only(wish, candidates) : numbered(wish, candidates);
  }

  private static Place named(Wish wish, List<Labels> candidates) {
    return candidates.stream()
        .filter(target -> Pod.portName(target).equals(wish.portName()))
        .findFirst()
        .<Place>map(target -> new Found(target, Pod.port(target)))
        .orElseGet(
            () ->
                new Missing(
                    "no container port is named \""
                        + wish.portName()
                        + "\" ("
                        + wish.portKeys()
                        + "); declared: "
                        + declared(candidates)));
  }

  /** A port need not be declared. Its container then is the one asked for, else the first. */
  private static Place numbered(Wish wish, List<Labels> candidates) {
    if (!wish.port().matches("[0-9]{1,5}")
        || Integer.parseInt(wish.port()) < 1
        || Integer.parseInt(wish.port()) > 65535) {
      return new Missing(
          "\""
              + wish.port()
              + "\" is no port ("
              + wish.portKeys()
              + "); write a number from 1 to 65535");
    }
    String port = Integer.toString(Integer.parseInt(wish.port()));
    Labels base =
        candidates.stream()
            .filter(target -> Pod.port(target).equals(port))
            .findFirst()
            .orElse(candidates.get(0));
    return new Found(base, port);
  }

  private static Place only(Wish wish, List<Labels> candidates) {
    List<Labels> tcp =
        candidates.stream()
            .filter(target -> !Pod.port(target).isEmpty() && Pod.isTcp(target))
            .toList();
    if (tcp.size() == 1) {
      return new Found(tcp.get(0), Pod.port(tcp.get(0)));
    }
    return new Missing(
        (tcp.isEmpty()
                ? "the pod declares no TCP port"
                : "the pod declares several TCP ports: " + declared(tcp))
            + "; set the annotation "
            + wish.portKeys());
  }

  private static String declared(List<Labels> targets) {
    List<String> ports =
        targets.stream()
            .filter(target -> !Pod.port(target).isEmpty())
            .map(
                target ->
                    Pod.container(target)
                        + ":"
                        + (Pod.portName(target).isEmpty() ? "" : Pod.portName(target) + "=")
                        + Pod.port(target))
            .limit(20)
            .toList();
    return ports.isEmpty() ? "none" : String.join(", ", ports);
  }
}
