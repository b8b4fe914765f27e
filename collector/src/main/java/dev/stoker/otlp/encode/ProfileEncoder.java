package dev.stoker.otlp.encode;

import dev.stoker.labels.LabelNames;
import dev.stoker.otlp.OtlpFields;
import dev.stoker.otlp.OtlpFields.Dictionary;
import dev.stoker.otlp.OtlpFields.Profile;
import dev.stoker.otlp.OtlpFields.Request;
import dev.stoker.otlp.OtlpFields.Scope;
import dev.stoker.pprof.MalformedProfileException;
import dev.stoker.pprof.build.ByteSink;
import dev.stoker.pprof.check.BodyCheck;
import dev.stoker.pprof.wire.Cursor;
import dev.stoker.pprof.wire.ProfileIndex;
import dev.stoker.pprof.wire.Workspace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Makes an OTLP request of a pprof body and the labels of its series. A sample type becomes a
 * profile of its own, as OTLP has it; the tables are shared. The same input gives the same bytes,
 * the ids of the profiles too, so that a request that is sent again can be told. Pure; a workspace
 * is one thread's.
 *
 * <p>A server makes the name of the series of the period type, so a profile that has none, or whose
 * period is 0, gets its sample type as one, and the period 1. The name that the series has here is
 * an attribute of each profile, for a reader that wants to have the same one.
 */
public final class ProfileEncoder {
  private static final int MAX_TYPES = 64;
  private static final int ID_BYTES = 16;
  private static final byte[] SCOPE = "stoker".getBytes(StandardCharsets.UTF_8);

  private final Series series;
  private final byte[] body;
  private final ProfileIndex index;
  private final ByteSink dictionary = new ByteSink();
  private final ByteSink profiles = new ByteSink();
  private boolean ownPeriod = true;

  private ProfileEncoder(byte[] body, Series series, ProfileIndex index) {
    this.body = body;
    this.series = series;
    this.index = index;
  }

  /**
   * @param body pprof, gzipped or plain
   * @param maxInflated bytes allowed after gunzip
   * @throws MalformedProfileException it is no profile, or past a bound
   */
  public static Encoded encode(byte[] body, Series series, long maxInflated, Workspace workspace)
      throws MalformedProfileException {
    BodyCheck.quick(body, maxInflated);
    ProfileIndex index = workspace.index(body, maxInflated);
    index.readFunctions();
    return new ProfileEncoder(body, series, index).encode(workspace);
  }

  private Encoded encode(Workspace workspace) throws MalformedProfileException {
    int types = index.typeStart.size;
    if (types > MAX_TYPES) {
      throw Cursor.malformed("it has " + types + " sample types");
    }
    Texts texts = new Texts(index, dictionary);
    Messages.head(dictionary, Dictionary.LINKS, 0);
    Attributes attributes = new Attributes(index, texts, dictionary);
    new Frames(index, attributes, dictionary).write();
    Header header = Header.read(index, attributes);
    String name = series.labels().get(LabelNames.NAME);
    if (!name.isEmpty()) {
      header.attributes().varint(attributes.text(LabelNames.NAME, name));
    }
    Samples samples = new Samples(index, attributes, dictionary);
    samples.write();
    for (int type = 0; type < types; type++) {
      profile(type, header, samples.of(type));
    }
    return new Encoded(workspace.gzip(request()), types, texts.mended(), !ownPeriod);
  }

  private void profile(int type, Header header, ByteSink samples) throws MalformedProfileException {
    Header.ValueType sampleType =
        Header.ValueType.read(index, index.typeStart.at[type], index.typeEnd.at[type]);
    int periodName = header.periodType().type();
    boolean known =
        header.period() != 0 && index.stringStart.at[periodName] < index.stringEnd.at[periodName];
    ownPeriod &= known;
    ByteSink head = new ByteSink();
    valueType(head, Profile.SAMPLE_TYPE, sampleType);
    Messages.fixed64(
        head, Profile.TIME, index.timeNanos == 0 ? series.timeNanos() : index.timeNanos);
    Messages.number(head, Profile.DURATION, index.durationNanos);
    valueType(head, Profile.PERIOD_TYPE, known ? header.periodType() : sampleType);
    Messages.number(head, Profile.PERIOD, known ? header.period() : 1);
    head.field(Profile.ID, id(type), 0, ID_BYTES);
    Messages.packed(head, Profile.ATTRIBUTES, header.attributes());
    Messages.head(profiles, Scope.PROFILES, head.size + samples.size);
    profiles.copy(head.bytes, 0, head.size);
    profiles.copy(samples.bytes, 0, samples.size);
  }

  private static void valueType(ByteSink out, int field, Header.ValueType value) {
    ByteSink content = new ByteSink();
    Messages.number(content, OtlpFields.ValueType.TYPE, value.type());
    Messages.number(content, OtlpFields.ValueType.UNIT, value.unit());
    Messages.message(out, field, content);
  }

  private byte[] id(int type) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(body);
      digest.update((series.labels() + "\n" + type).getBytes(StandardCharsets.UTF_8));
      return digest.digest();
    } catch (NoSuchAlgorithmException everyJvmHasIt) {
      throw new IllegalStateException(everyJvmHasIt);
    }
  }

  /** The dictionary and the profiles are copied once more, which the bound on them allows. */
  private ByteSink request() {
    ByteSink resource = Resource.of(series.labels());
    ByteSink scope = new ByteSink();
    scope.field(Scope.NAME, SCOPE, 0, SCOPE.length);
    int scopeProfiles = Messages.size(Scope.SCOPE, scope.size) + profiles.size;
    int resourceProfiles =
        Messages.size(OtlpFields.Resource.RESOURCE, resource.size)
            + Messages.size(OtlpFields.Resource.SCOPE_PROFILES, scopeProfiles);
    ByteSink request = new ByteSink();
    Messages.head(request, Request.RESOURCE_PROFILES, resourceProfiles);
    Messages.message(request, OtlpFields.Resource.RESOURCE, resource);
    Messages.head(request, OtlpFields.Resource.SCOPE_PROFILES, scopeProfiles);
    Messages.message(request, Scope.SCOPE, scope);
    request.copy(profiles.bytes, 0, profiles.size);
    Messages.message(request, Request.DICTIONARY, dictionary);
    return request;
  }
}
