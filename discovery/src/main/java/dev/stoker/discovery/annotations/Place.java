package dev.stoker.discovery.annotations;

import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Where in a pod a wish is answered, or why nowhere. */
sealed interface Place {
  /**
   * @param base the target whose container is meant
   */
  record Spot(Labels base, String port) {}

  /**
   * @param spots of different ports, at least one
   * @param ignored a sentence about an annotation that has no effect; "" = none
   */
  record Found(List<Spot> spots, String ignored) implements Place {
    public Found {
      spots = List.copyOf(spots);
    }

    static Found one(Labels base, String port) {
      return new Found(List.of(new Spot(base, port)), "");
    }
  }

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
              : "the pod has no running container "
                  + Pod.quoted(wish.container())
                  + " ("
                  + wish.key()
                  + "container); it has: "
                  + containers(running));
    }
    if (!wish.portName().isEmpty()) {
      return named(wish, candidates);
    }
    return wish.port().isEmpty() ? only(wish, candidates) : numbered(wish, candidates);
  }

  /**
   * Every port of that name, for several containers may have one each. A number beside the name
   * wins; the name then says whose port it is.
   */
  private static Place named(Wish wish, List<Labels> candidates) {
    List<Labels> named =
        tcpFirst(
            candidates.stream()
                .filter(target -> Pod.portName(target).equals(wish.portName()))
                .toList());
    if (named.isEmpty()) {
      return new Missing(
          "no container port is named "
              + Pod.quoted(wish.portName())
              + " ("
              + wish.key()
              + "port_name); declared: "
              + declared(candidates));
    }
    if (isPort(wish.port())) {
      return Found.one(named.get(0), Integer.toString(Integer.parseInt(wish.port())));
    }
    String ignored =
        wish.port().isEmpty()
            ? ""
            : noPort(wish) + ", so " + wish.key() + "port_name alone says which";
    return new Found(spots(named), ignored);
  }

  /** A port need not be declared. Its container then is the one asked for, else the first. */
  private static Place numbered(Wish wish, List<Labels> candidates) {
    if (!isPort(wish.port())) {
      boolean name = candidates.stream().anyMatch(t -> Pod.portName(t).equals(wish.port()));
      return new Missing(
          noPort(wish)
              + (name && wish.hasPortName()
                  ? "; it is the name of one: write "
                      + wish.key()
                      + "port_name = "
                      + Pod.quoted(wish.port())
                  : "; write a number from 1 to 65535"));
    }
    String port = Integer.toString(Integer.parseInt(wish.port()));
    Labels base =
        tcpFirst(candidates).stream()
            .filter(target -> Pod.port(target).equals(port))
            .findFirst()
            .orElse(candidates.get(0));
    return Found.one(base, port);
  }

  private static Place only(Wish wish, List<Labels> candidates) {
    List<Labels> tcp =
        candidates.stream()
            .filter(target -> !Pod.port(target).isEmpty() && Pod.isTcp(target))
            .toList();
    List<Spot> spots = spots(tcp);
    if (spots.size() == 1) {
      return new Found(spots, "");
    }
    String who = wish.container().isEmpty() ? "the pod" : "container " + wish.container();
    return new Missing(
        (tcp.isEmpty()
                ? who + " declares no TCP port"
                : who + " declares several TCP ports: " + declared(tcp))
            + "; set the annotation "
            + wish.portKeys());
  }

  /** One for each port: containers share the pod's address. */
  private static List<Spot> spots(List<Labels> targets) {
    List<Spot> spots = new ArrayList<>();
    Set<String> ports = new HashSet<>();
    for (Labels target : targets) {
      if (ports.add(Pod.port(target))) {
        spots.add(new Spot(target, Pod.port(target)));
      }
    }
    return spots;
  }

  private static List<Labels> tcpFirst(List<Labels> targets) {
    List<Labels> sorted = new ArrayList<>(targets.stream().filter(Pod::isTcp).toList());
    targets.stream().filter(target -> !Pod.isTcp(target)).forEach(sorted::add);
    return sorted;
  }

  private static boolean isPort(String text) {
    return text.matches("[0-9]{1,5}")
        && Integer.parseInt(text) >= 1
        && Integer.parseInt(text) <= 65535;
  }

  private static String noPort(Wish wish) {
    return Pod.quoted(wish.port()) + " is no port (" + wish.key() + "port)";
  }

  private static String containers(List<Labels> targets) {
    return String.join(", ", targets.stream().map(Pod::container).distinct().limit(20).toList());
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
