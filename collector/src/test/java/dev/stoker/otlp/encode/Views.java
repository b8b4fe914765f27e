package dev.stoker.otlp.encode;

import dev.stoker.pprof.oracle.Pprof;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.profiles.v1development.Function;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.Sample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Both formats as the same text, by object models that others have made: for each sample type the
 * sum of each stack with its labels. Everything that a frame says is part of the stack.
 */
public final class Views {
  private static final List<String> FLAGS =
      List.of("has_functions", "has_filenames", "has_line_numbers", "has_inline_frames");

  /** Sample type → stack and labels → sum; a sum of 0 is left out. */
  public static Map<String, Map<String, Long>> of(ExportProfilesServiceRequest request) {
    ProfilesDictionary dictionary = request.getDictionary();
    Map<String, Map<String, Long>> all = new TreeMap<>();
    for (Profile profile : request.getResourceProfiles(0).getScopeProfiles(0).getProfilesList()) {
      String type =
          dictionary.getStringTable(profile.getSampleType().getTypeStrindex())
              + "/"
              + dictionary.getStringTable(profile.getSampleType().getUnitStrindex());
      Map<String, Long> sums = all.computeIfAbsent(type, ignored -> new TreeMap<>());
      for (Sample sample : profile.getSamplesList()) {
        String key =
            dictionary.getStackTable(sample.getStackIndex()).getLocationIndicesList().stream()
                    .map(at -> location(dictionary, dictionary.getLocationTable(at)))
                    .collect(Collectors.joining("\n"))
                + labels(dictionary, sample.getAttributeIndicesList());
        sums.merge(key, sample.getValues(0), Long::sum);
      }
      sums.values().removeIf(sum -> sum == 0);
    }
    return all;
  }

  private static String labels(ProfilesDictionary dictionary, List<Integer> attributes) {
    return attributes.stream()
        .map(
            at -> {
              KeyValueAndUnit attribute = dictionary.getAttributeTable(at);
              return dictionary.getStringTable(attribute.getKeyStrindex())
                  + "="
                  + value(attribute.getValue())
                  + " "
                  + dictionary.getStringTable(attribute.getUnitStrindex());
            })
        .sorted()
        .toList()
        .toString();
  }

  private static String value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> "'" + value.getStringValue() + "'";
      case INT_VALUE -> Long.toString(value.getIntValue());
      case DOUBLE_VALUE -> Long.toString((long) value.getDoubleValue());
      case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
      default -> value.toString();
    };
  }

  private static String location(ProfilesDictionary dictionary, Location location) {
    Mapping mapping = dictionary.getMappingTable(location.getMappingIndex());
    List<String> frames = new ArrayList<>();
    for (Line line : location.getLinesList()) {
      Function function = dictionary.getFunctionTable(line.getFunctionIndex());
      frames.add(
          String.join(
              "|",
              dictionary.getStringTable(function.getNameStrindex()),
              dictionary.getStringTable(function.getSystemNameStrindex()),
              dictionary.getStringTable(function.getFilenameStrindex()),
              function.getStartLine() + ":" + line.getLine() + ":" + line.getColumn()));
    }
    String flags =
        mapping.getAttributeIndicesList().stream()
            .map(
                at -> {
                  KeyValueAndUnit attribute = dictionary.getAttributeTable(at);
                  return dictionary
                          .getStringTable(attribute.getKeyStrindex())
                          .replace("process.executable.build_id.gnu", "build")
                          .replace("pprof.mapping.", "")
                      + value(attribute.getValue());
                })
            .sorted(Comparator.naturalOrder())
            .toList()
            .toString();
    return location.getAddress()
        + " "
        + mapping.getMemoryStart()
        + "-"
        + mapping.getMemoryLimit()
        + "+"
        + mapping.getFileOffset()
        + dictionary.getStringTable(mapping.getFilenameStrindex())
        + flags
        + (location.getAttributeIndicesCount() > 0 ? "folded" : "")
        + frames;
  }

  /** The same of pprof. */
  public static Map<String, Map<String, Long>> of(Pprof.Profile profile) {
    Map<Long, String> locations = new HashMap<>();
    profile.getLocationList().forEach(at -> locations.put(at.getId(), location(profile, at)));
    Map<String, Map<String, Long>> all = new TreeMap<>();
    for (int type = 0; type < profile.getSampleTypeCount(); type++) {
      Map<String, Long> sums =
          all.computeIfAbsent(
              text(profile, profile.getSampleType(type).getType())
                  + "/"
                  + text(profile, profile.getSampleType(type).getUnit()),
              ignored -> new TreeMap<>());
      for (Pprof.Sample sample : profile.getSampleList()) {
        String key =
            sample.getLocationIdList().stream()
                    .map(locations::get)
                    .collect(Collectors.joining("\n"))
                + labels(profile, sample);
        sums.merge(key, sample.getValue(type), Long::sum);
      }
      sums.values().removeIf(sum -> sum == 0);
    }
    return all;
  }

  private static String labels(Pprof.Profile profile, Pprof.Sample sample) {
    return sample.getLabelList().stream()
        .map(
            label ->
                text(profile, label.getKey())
                    + "="
                    + (label.getStr() == 0
                        ? Long.toString(label.getNum())
                        : "'" + text(profile, label.getStr()) + "'")
                    + " "
                    + text(profile, label.getNumUnit()))
        .sorted()
        .toList()
        .toString();
  }

  private static String location(Pprof.Profile profile, Pprof.Location location) {
    Pprof.Mapping mapping =
        profile.getMappingList().stream()
            .filter(one -> one.getId() == location.getMappingId())
            .findFirst()
            .orElse(Pprof.Mapping.getDefaultInstance());
    List<String> frames = new ArrayList<>();
    for (Pprof.Line line : location.getLineList()) {
      Pprof.Function function =
          profile.getFunctionList().stream()
              .filter(one -> one.getId() == line.getFunctionId())
              .findFirst()
              .orElse(Pprof.Function.getDefaultInstance());
      frames.add(
          String.join(
              "|",
              text(profile, function.getName()),
              text(profile, function.getSystemName()),
              text(profile, function.getFilename()),
              function.getStartLine() + ":" + line.getLine() + ":0"));
    }
    List<String> flags = new ArrayList<>();
    if (mapping.getBuildId() != 0) {
      flags.add("build'" + text(profile, mapping.getBuildId()) + "'");
    }
    boolean[] set = {
      mapping.getHasFunctions(),
      mapping.getHasFilenames(),
      mapping.getHasLineNumbers(),
      mapping.getHasInlineFrames()
    };
    for (int i = 0; i < set.length; i++) {
      if (set[i]) {
        flags.add(FLAGS.get(i) + true);
      }
    }
    flags.sort(Comparator.naturalOrder());
    return location.getAddress()
        + " "
        + mapping.getMemoryStart()
        + "-"
        + mapping.getMemoryLimit()
        + "+"
        + mapping.getFileOffset()
        + text(profile, mapping.getFilename())
        + flags
        + (location.getIsFolded() ? "folded" : "")
        + frames;
  }

  private static String text(Pprof.Profile profile, long index) {
    return profile.getStringTable((int) index);
  }

  private Views() {}
}
