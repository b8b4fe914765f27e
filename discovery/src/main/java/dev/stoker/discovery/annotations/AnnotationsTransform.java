package dev.stoker.discovery.annotations;

import dev.stoker.discovery.DroppedTarget.Reason;
import dev.stoker.discovery.TargetTransform;
import dev.stoker.labels.LabelNames;
import dev.stoker.labels.Labels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Pods' annotations → targets. A pod is worked on as a whole, so that each of its profiles is
 * scraped once, however many containers and ports it has; every one of its discovered targets that
 * is not used says why.
 */
public final class AnnotationsTransform implements TargetTransform {
  private static final Set<String> ENDED = Set.of("Pending", "Succeeded", "Failed", "Completed");
  private static final Pattern UNSAFE = Pattern.compile("[^a-zA-Z0-9]");
  private static final List<String> SERVICE_NAMES =
      List.of(
          "profiles_grafana_com_service_name",
          "resource_opentelemetry_io_service_name",
          "pyroscope_io_service_name",
          "pyroscope_io_application_name");
  private static final List<String> PASSED_ON =
      List.of("service_repository", "service_git_ref", "service_root_path");

  private final List<Family> families;
  private final List<String> podLabels;

  public AnnotationsTransform(AnnotationsConfig config) {
    this.families = config.families();
    this.podLabels = config.podLabels();
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
    String why = refusal(pod);
    if (!why.isEmpty()) {
      return new Result(
          List.of(), group.stream().map(t -> new Drop(t, Reason.RELABEL, why)).toList());
    }
    Answers answers = new Answers(pod);
    for (Family family : families) {
      family.wishes(pod).forEach(answers::answer);
    }
    return answers.result();
  }

  /** Why nothing of the pod is scraped; "" = it asks to be, and can be. */
  private String refusal(Pod pod) {
    if (pod.name().isEmpty()) {
      return "is no target of discovery.kubernetes with role pod";
    }
    if (families.stream().allMatch(family -> family.wishes(pod).isEmpty())) {
      return "the pod has no annotation that asks for profiles: set "
          + String.join(
              " or ",
              families.stream()
                  .map(
                      family ->
                          family == Family.GRAFANA
                              ? family.prefix() + "/memory.scrape = \"true\" (cpu, goroutine, …)"
                              : family.prefix() + "/scrape = \"true\"")
                  .toList());
    }
    return ENDED.contains(pod.phase()) ? "the pod's phase is " + pod.phase() : "";
  }

  /** One pod on its way. */
  private final class Answers {
    private final Pod pod;
    private final List<Labels> running;
    private final Map<Labels, Set<String>> targets = new LinkedHashMap<>();
    private final Set<Labels> used = new HashSet<>();
    private final List<String> failures = new ArrayList<>();
    private final Set<String> done = new HashSet<>();

    Answers(Pod pod) {
      this.pod = pod;
      this.running = pod.targets().stream().filter(Pod::isRunning).toList();
    }

    void answer(Wish wish) {
      Place place = Place.of(wish, running);
      if (place instanceof Place.Missing missing) {
        if (!failures.contains(missing.why())) {
          failures.add(missing.why());
        }
        return;
      }
      Place.Found found = (Place.Found) place;
      used.add(found.base());
      // The first family that names a profile of a port has it.
      if (done.add(found.port() + " " + wish.types())) {
        targets
            .computeIfAbsent(target(wish, found), ignored -> new java.util.TreeSet<>())
            .add(wish.types());
      }
    }

    private Labels target(Wish wish, Place.Found found) {
      Labels.Builder labels = found.base().toBuilder();
      String container = Pod.container(found.base());
      String ip = pod.ip();
      labels.set(
          LabelNames.ADDRESS, (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + found.port());
      if (wish.scheme().equals("http") || wish.scheme().equals("https")) {
        labels.set(LabelNames.SCHEME, wish.scheme());
      }
      labels.set(LabelNames.PROFILE_PATH, wish.path());
      wish.params().forEach((key, value) -> labels.set(LabelNames.PARAM_PREFIX + key, value));
      for (String key : podLabels) {
        String name = UNSAFE.matcher(key).replaceAll("_");
        labels.set(name, pod.podLabel(name));
      }
      for (String key : PASSED_ON) {
        labels.set(key, pod.annotation("profiles_grafana_com_" + key));
      }
      return labels
          .set("namespace", pod.namespace())
          .set("pod", pod.name())
          .set("container", container)
          .set("node", pod.node())
          .set(LabelNames.SERVICE_NAME, serviceName(container))
          .build();
    }

    private String serviceName(String container) {
      for (String annotation : SERVICE_NAMES) {
        String name = pod.annotation(annotation);
        if (!name.isEmpty()) {
          return name;
        }
      }
      return pod.namespace() + "/" + container;
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
      String failed = String.join("; ", failures);
      for (Labels target : pod.targets()) {
        if (!failures.isEmpty() && target == pod.targets().get(0)) {
          dropped.add(new Drop(target, Reason.RELABEL, failed));
        } else if (!used.contains(target)) {
          dropped.add(new Drop(target, Reason.RELABEL, unused(target)));
        }
      }
      return new Result(out, dropped);
    }

    private String unused(Labels target) {
      return Pod.isRunning(target)
          ? "container "
              + Pod.container(target)
              + (Pod.port(target).isEmpty() ? "" : ", port " + Pod.port(target))
              + ": the pod's annotations do not point to it"
          : "container " + Pod.container(target) + " is an init container";
    }
  }
}
