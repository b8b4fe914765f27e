package dev.stoker.receive.ingest;

import dev.stoker.jvm.convert.ChunkPart;
import dev.stoker.jvm.convert.JvmMemory;
import dev.stoker.jvm.convert.RecordingBody;
import dev.stoker.jvm.convert.RecordingConverter;
import dev.stoker.jvm.convert.RecordingOptions;
import dev.stoker.jvm.profile.ConvertedProfile;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.wire.Workspaces;
import dev.stoker.receive.Incoming;
import dev.stoker.receive.InvalidPush;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the body of an ingest request. pprof goes on as it came; everything else becomes pprof
 * here, at the door, so that all receivers can take it.
 *
 * @param contentType of the request, "" = none
 */
public record IngestBody(IngestQuery query, String contentType, byte[] bytes) {
  private static final byte[] NOTHING = new byte[0];

  /** The stacks are as Pyroscope makes them, so without a frame for the class of the object. */
  private static final RecordingOptions AS_PYROSCOPE = new RecordingOptions(false, false);

  /** Bytes that the conversion takes beside the body, about. */
  public long memory() {
    return 3L * bytes.length;
  }

  /**
   * The profiles in it, none when nothing was sampled. Takes CPU time.
   *
   * @param maxInflated bytes
   */
  public List<Incoming> decode(long maxInflated, Workspaces workspaces) throws InvalidPush {
    try {
      String type = contentType.toLowerCase(Locale.ROOT);
      boolean multipart = type.startsWith("multipart/form-data");
      return switch (query.format()) {
        case "pprof" -> List.of(pprof(bytes, NOTHING, maxInflated, workspaces));
        case "jfr" -> jfr(multipart, maxInflated);
        case "trie" -> tree(true);
        case "tree" -> tree(false);
        case "lines" -> text(false);
        case "speedscope" ->
            throw new InvalidPush("the format speedscope is not taken; send pprof or folded");
        default -> byType(type, multipart, maxInflated, workspaces);
      };
    } catch (MalformedProfileException malformed) {
      throw new InvalidPush(String.valueOf(malformed.getMessage()));
    }
  }

  private List<Incoming> byType(
      String type, boolean multipart, long maxInflated, Workspaces workspaces)
      throws InvalidPush, MalformedProfileException {
    if (multipart) {
      return parts(maxInflated, workspaces);
    }
    if (type.startsWith("binary/octet-stream+trie")) {
      return tree(true);
    }
    return type.startsWith("binary/octet-stream+tree") ? tree(false) : text(true);
  }

  private List<Incoming> parts(long maxInflated, Workspaces workspaces)
      throws InvalidPush, MalformedProfileException {
    Map<String, byte[]> parts = Multipart.parts(bytes, contentType);
    if (parts.getOrDefault("prev_profile", NOTHING).length > 0) {
      throw new InvalidPush(
          "the client sends prev_profile, as very old ones do: a newer version is needed");
    }
    byte[] profile = parts.getOrDefault("profile", NOTHING);
    byte[] config = parts.getOrDefault("sample_type_config", NOTHING);
    return profile.length == 0
        ? List.of()
        : List.of(pprof(profile, config, maxInflated, workspaces));
  }

  private Incoming pprof(byte[] profile, byte[] config, long maxInflated, Workspaces workspaces)
      throws InvalidPush, MalformedProfileException {
    BodyCheck.quick(profile, maxInflated);
    String[] name = new String[1];
    InvalidPush[] wrong = new InvalidPush[1];
    workspaces.use(
        workspace -> {
          try {
            name[0] = PprofName.of(workspace.index(profile, maxInflated), config);
          } catch (InvalidPush invalid) {
            wrong[0] = invalid;
          }
          return name;
        });
    if (wrong[0] != null) {
      throw wrong[0];
    }
    return query.named(name[0], query.name().app(), profile);
  }

  private List<Incoming> jfr(boolean multipart, long maxInflated)
      throws InvalidPush, MalformedProfileException {
    Map<String, byte[]> parts =
        multipart ? Multipart.parts(bytes, contentType) : Map.of("jfr", bytes);
    byte[] recording = parts.getOrDefault("jfr", NOTHING);
    if (!RecordingBody.isRecording(recording)) {
      throw new InvalidPush("the body is no JFR recording: it does not begin with FLR");
    }
    RecordingBody.Result result =
        RecordingBody.convert(
            recording,
            maxInflated,
            chunk -> ChunkPart.ALL,
            new RecordingConverter(
                AS_PYROSCOPE,
                new JvmMemory(),
                JfrLabels.read(parts.getOrDefault("labels", NOTHING))),
            query.untilNanos());
    List<Incoming> profiles = new ArrayList<>();
    for (ConvertedProfile profile : result.profiles()) {
      profiles.add(query.named(profile.name(), query.name().app(), result.event(), profile.body()));
    }
    return profiles;
  }

  private List<Incoming> tree(boolean trie) throws InvalidPush {
    SeriesType.Named named = SeriesType.of(query.name().app());
    StackProfile profile = new StackProfile(named.type(), query.sampleRate());
    StackTree.read(bytes, trie, profile);
    return finished(named, profile);
  }

  private List<Incoming> text(boolean counted) throws InvalidPush {
    SeriesType.Named named = SeriesType.of(query.name().app());
    StackProfile profile = new StackProfile(named.type(), query.sampleRate());
    StackText.read(bytes, counted, profile);
    return finished(named, profile);
  }

  private List<Incoming> finished(SeriesType.Named named, StackProfile profile) {
    return profile.isEmpty()
        ? List.of()
        : List.of(query.named(named.type().profile(), named.app(), profile.finish(query)));
  }
}
