package dev.stoker.discovery.annotations;

import dev.stoker.discovery.DroppedTarget.Reason;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Pods' annotations → targets. A pod is worked on as a whole, so that each of its profiles is
 * scraped once, however many containers and ports it has; every one of its discovered targets that
 * is not used says why.
 */
public final class AnnotationsTransform implements TargetTransform {
  private static final Set<String> ENDED = Set.of("Pending", "Succeeded", "Failed", "Completed");
  private static final Pattern UNSAFE = Pattern.compile("[^a-zA-Z0-9]");

  private final List<Family> families;
  private final Naming naming;
  private final boolean allPodLabels;
  private final List<String> podLabels;

  public AnnotationsTransform(AnnotationsConfig config) {
    this.families = config.families();
    this.naming = config.naming();
    this.allPodLabels = config.podLabels().contains(AnnotationsConfig.ALL);
    this.podLabels =
        config.podLabels().stream().map(key -> UNSAFE.matcher(key).replaceAll("_")).toList();
  }

  /** All targets of one pod. */
  @Override
  public Object group(Labels target) {
    String uid = target.get(Pod.PREFIX + "pod_uid");
    return uid.isEmpty()
        ? target.get(Pod.PREFIX + "namespace") + "/" + target.get(Pod.PREFIX + "pod_name")
        : uid;
  }

  @Override
  public Result apply(List<Labels> group) {
    Pod pod = new Pod(group);
    List<Asked> asked = families.stream().map(family -> family.asked(pod)).toList();
    String why = refusal(pod, asked);
    if (!why.isEmpty()) {
      return new Result(
          List.of(), group.stream().map(t -> new Drop(t, Reason.RELABEL, why)).toList());
    }
    Answers answers = new Answers(pod);
    for (Asked of : asked) {
      of.wishes().forEach(answers::answer);
      of.ignored().forEach(answers::note);
    }
    return answers.result();
  }

  /** Why nothing of the pod is scraped; "" = it asks to be, and can be. */
  private String refusal(Pod pod, List<Asked> asked) {
    if (pod.name().isEmpty()) {
      return "it has no label __meta_kubernetes_pod_name: only targets of discovery.kubernetes with"
          + " role pod, or of discovery.kubelet, have annotations";
    }
    if (asked.stream().allMatch(of -> of.wishes().isEmpty())) {
      return unasked(pod, asked);
    }
    if (ENDED.contains(pod.phase())) {
      return "the pod's phase is " + pod.phase();
    }
    return pod.ip().isEmpty() ? "the pod has no IP address yet" : "";
  }

  private String unasked(Pod pod, List<Asked> asked) {
    List<String> ignored = asked.stream().flatMap(of -> of.ignored().stream()).toList();
    List<String> declined = asked.stream().flatMap(of -> of.declined().stream()).toList();
    if (!ignored.isEmpty()) {
      return String.join("; ", ignored);
    }
    if (!declined.isEmpty()) {
      return "the pod asks for no profiles: " + String.join(", ", declined);
    }
    for (Family other : Family.values()) {
      if (!families.contains(other) && !other.asked(pod).wishes().isEmpty()) {
        return "the pod asks for profiles by annotations of "
            + other.prefix()
            + ", which is not among this component's families";
      }
    }
    return "the pod has no annotation that asks for profiles: set "
        + String.join(" or ", families.stream().map(Family::example).toList());
  }

  /** One pod on its way. */
  private final class Answers {
    private final Pod pod;
    private final List<Labels> running;
    private final Map<Labels, Set<String>> targets = new LinkedHashMap<>();

    /** Ports that are scraped → the container that they are scraped as. */
    private final Map<String, String> scraped = new HashMap<>();

    private final Set<Labels> used = new HashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();
    private final Set<String> done = new HashSet<>();

    Answers(Pod pod) {
      this.pod = pod;
      this.running = pod.targets().stream().filter(Pod::isRunning).toList();
    }

    /** Something that the annotations say, and that has no effect. */
    void note(String sentence) {
      notes.add(sentence);
    }

    void answer(Wish wish) {
      Place place = Place.of(wish, running);
      if (place instanceof Place.Missing missing) {
        note(missing.why());
      } else if (place instanceof Place.Found found) {
        if (!found.ignored().isEmpty()) {
          note(found.ignored());
        }
        found.spots().forEach(spot -> answer(wish, spot));
      }
    }

    private void answer(Wish wish, Place.Spot spot) {
      used.add(spot.base());
      scraped.putIfAbsent(spot.port(), Pod.container(spot.base()));
      // The first family that names a profile of a port has it.
      if (done.add(spot.port() + " " + wish.types())) {
        targets.computeIfAbsent(target(wish, spot), ignored -> new TreeSet<>()).add(wish.types());
      }
    }

    private Labels target(Wish wish, Place.Spot spot) {
      Labels.Builder labels = spot.base().toBuilder();
      String container = Pod.container(spot.base());
      String ip = pod.ip();
      labels.set(
          LabelNames.ADDRESS, (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + spot.port());
      if (wish.hasKnownScheme()) {
        labels.set(LabelNames.SCHEME, wish.scheme());
      }
      labels.set(LabelNames.PROFILE_PATH, wish.path());
      wish.params().forEach((key, value) -> labels.set(LabelNames.PARAM_PREFIX + key, value));
      podLabels(labels);
      labels.set("namespace", pod.namespace()).set("pod", pod.name()).set("container", container);
      naming.name(labels, pod, container);
      return labels.build();
    }

    private void podLabels(Labels.Builder labels) {
      if (!allPodLabels) {
        podLabels.forEach(name -> labels.set(name, pod.podLabel(name)));
        return;
      }
      pod.podLabels(
          (name, value) -> {
            if (Character.isDigit(name.charAt(0))) {
              note("the pod label " + name + " is left out: no label begins with a digit");
            } else {
              labels.set(name, value);
            }
          });
    }

    Result result() {
      List<Labels> out = new ArrayList<>();
      targets.forEach(
          (labels, types) ->
              out.add(
                  labels.toBuilder()
                      .set(
                          LabelNames.PROFILE_TYPES,
                          types.contains("") ? "" : String.join(",", types))
                      .build()));
      List<Drop> dropped = new ArrayList<>();
      for (Labels target : pod.targets()) {
        boolean tells = !notes.isEmpty() && target == pod.targets().get(0);
        if (!used.contains(target)) {
          String why = unused(target);
          String more = tells && !why.equals(noted()) ? "; " + noted() : "";
          dropped.add(new Drop(target, Reason.RELABEL, why + more));
        } else if (tells) {
          dropped.add(Drop.inPart(target, Reason.RELABEL, noted()));
        }
      }
      return new Result(out, dropped);
    }

    private String noted() {
      return String.join("; ", notes);
    }

    private String unused(Labels target) {
      String container = "container " + Pod.container(target);
      String port = Pod.port(target);
      if (!Pod.isRunning(target)) {
        return container + " is an init container";
      }
      if (targets.isEmpty()) {
        return noted();
      }
      String which = port.isEmpty() ? container : container + ", port " + port;
      String other = scraped.get(port);
      if (other == null) {
        return which + ": the pod's annotations do not point to it";
      }
      return which
          + ": is scraped already, as "
          + (other.equals(Pod.container(target))
              ? "another port of the same number"
              : "container " + other);
    }
  }
}
