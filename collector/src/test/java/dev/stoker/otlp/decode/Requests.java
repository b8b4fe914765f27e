package dev.stoker.otlp.decode;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.profiles.v1development.Function;
import io.opentelemetry.proto.profiles.v1development.KeyValueAndUnit;
import io.opentelemetry.proto.profiles.v1development.Line;
import io.opentelemetry.proto.profiles.v1development.Link;
import io.opentelemetry.proto.profiles.v1development.Location;
import io.opentelemetry.proto.profiles.v1development.Mapping;
import io.opentelemetry.proto.profiles.v1development.Profile;
import io.opentelemetry.proto.profiles.v1development.ProfilesDictionary;
import io.opentelemetry.proto.profiles.v1development.ResourceProfiles;
import io.opentelemetry.proto.profiles.v1development.Sample;
import io.opentelemetry.proto.profiles.v1development.ScopeProfiles;
import io.opentelemetry.proto.profiles.v1development.Stack;
import io.opentelemetry.proto.profiles.v1development.ValueType;
import io.opentelemetry.proto.resource.v1.Resource;
import java.util.HashMap;
import java.util.Map;

/** Requests, made with the published classes of the schema. */
public final class Requests {
  public static final long TIME = 1_700_000_000_000_000_000L;

  final ProfilesDictionary.Builder dictionary =
      ProfilesDictionary.newBuilder()
          .addStringTable("")
          .addMappingTable(Mapping.getDefaultInstance())
          .addLocationTable(Location.getDefaultInstance())
          .addFunctionTable(Function.getDefaultInstance())
          .addLinkTable(Link.getDefaultInstance())
          .addAttributeTable(KeyValueAndUnit.getDefaultInstance())
          .addStackTable(Stack.getDefaultInstance());

  private final Map<String, Integer> strings = new HashMap<>(Map.of("", 0));
  private final Map<String, Integer> locations = new HashMap<>();

  public int string(String text) {
    Integer known = strings.putIfAbsent(text, dictionary.getStringTableCount());
    if (known == null) {
      dictionary.addStringTable(text);
    }
    return strings.get(text);
  }

  ValueType type(String type, String unit) {
    return ValueType.newBuilder()
        .setTypeStrindex(string(type))
        .setUnitStrindex(string(unit))
        .build();
  }

  int location(String function) {
    return locations.computeIfAbsent(
        function,
        name -> {
          dictionary.addFunctionTable(
              Function.newBuilder()
                  .setNameStrindex(string(name))
                  .setSystemNameStrindex(string(name))
                  .setFilenameStrindex(string(name + ".go")));
          dictionary.addLocationTable(
              Location.newBuilder()
                  .addLines(
                      Line.newBuilder()
                          .setFunctionIndex(dictionary.getFunctionTableCount() - 1)
                          .setLine(7)));
          return dictionary.getLocationTableCount() - 1;
        });
  }

  /** Leaf first. */
  public int stack(String... functions) {
    Stack.Builder stack = Stack.newBuilder();
    for (String function : functions) {
      stack.addLocationIndices(location(function));
    }
    dictionary.addStackTable(stack);
    return dictionary.getStackTableCount() - 1;
  }

  int attribute(String key, AnyValue value, String unit) {
    dictionary.addAttributeTable(
        KeyValueAndUnit.newBuilder()
            .setKeyStrindex(string(key))
            .setValue(value)
            .setUnitStrindex(string(unit)));
    return dictionary.getAttributeTableCount() - 1;
  }

  public int attribute(String key, String value) {
    return attribute(key, text(value), "");
  }

  int link(long span, long trace) {
    dictionary.addLinkTable(
        Link.newBuilder()
            .setSpanId(ByteString.fromHex(String.format("%016x", span)))
            .setTraceId(ByteString.fromHex(String.format("%032x", trace))));
    return dictionary.getLinkTableCount() - 1;
  }

  static AnyValue text(String value) {
    return AnyValue.newBuilder().setStringValue(value).build();
  }

  static KeyValue pair(String key, String value) {
    return KeyValue.newBuilder().setKey(key).setValue(text(value)).build();
  }

  public static Sample.Builder sample(int stack, long... values) {
    Sample.Builder sample = Sample.newBuilder().setStackIndex(stack);
    for (long value : values) {
      sample.addValues(value);
    }
    return sample;
  }

  /** With a period type that is the sample type. */
  public Profile.Builder profile(String type, String unit) {
    return Profile.newBuilder()
        .setSampleType(type(type, unit))
        .setPeriodType(type(type, unit))
        .setPeriod(10)
        .setTimeUnixNano(TIME)
        .setDurationNano(1_000);
  }

  /** Of one service. */
  public ExportProfilesServiceRequest request(String service, Profile.Builder... profiles) {
    ScopeProfiles.Builder scope = ScopeProfiles.newBuilder();
    for (Profile.Builder profile : profiles) {
      scope.addProfiles(profile);
    }
    return request(resource(service).addScopeProfiles(scope));
  }

  static ResourceProfiles.Builder resource(String service) {
    return ResourceProfiles.newBuilder()
        .setResource(Resource.newBuilder().addAttributes(pair("service.name", service)));
  }

  ExportProfilesServiceRequest request(ResourceProfiles.Builder... resources) {
    ExportProfilesServiceRequest.Builder request =
        ExportProfilesServiceRequest.newBuilder().setDictionary(dictionary);
    for (ResourceProfiles.Builder resource : resources) {
      request.addResourceProfiles(resource);
    }
    return request.build();
  }
}
