package dev.stoker.otlp.json;

import dev.stoker.otlp.OtlpFields;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of OTLP's messages by their names in JSON. */
enum Shape {
  REQUEST,
  RESOURCE_PROFILES,
  RESOURCE,
  SCOPE_PROFILES,
  SCOPE,
  KEY_VALUE,
  ANY_VALUE,
  ARRAY,
  MAP,
  DICTIONARY,
  PROFILE,
  VALUE_TYPE,
  SAMPLE,
  MAPPING,
  LOCATION,
  LINE,
  FUNCTION,
  STACK,
  LINK,
  ATTRIBUTE;

  /** How a value is written. */
  enum Kind {
    MESSAGE,
    TEXT,
    NUMBER,
    FIXED64,
    BOOL,
    DOUBLE,
    /** OTLP writes ids so. */
    HEX,
    /** The value is not read; that the field is there says something. */
    UNUSED,
    /** The name is one of an older schema. */
    OLD
  }

  /**
   * A field.
   *
   * @param shape of a message
   */
  record Field(int number, Kind kind, @Nullable Shape shape) {}

  private final Map<String, Field> fields = new HashMap<>();

  /** Null = nobody knows it, and it is left out. */
  @Nullable Field field(String name) {
    return fields.get(name);
  }

  private Shape message(String name, int number, Shape shape) {
    fields.put(name, new Field(number, Kind.MESSAGE, shape));
    return this;
  }

  private Shape is(Kind kind, String name, int number) {
    fields.put(name, new Field(number, kind, null));
    return this;
  }

  private Shape number(String name, int number) {
    return is(Kind.NUMBER, name, number);
  }

  static {
    around();
    anyValues();
    dictionary();
    profile();
  }

  private static void around() {
    REQUEST
        .message("resourceProfiles", OtlpFields.Request.RESOURCE_PROFILES, RESOURCE_PROFILES)
        .message("dictionary", OtlpFields.Request.DICTIONARY, DICTIONARY);
    RESOURCE_PROFILES
        .message("resource", OtlpFields.Resource.RESOURCE, RESOURCE)
        .message("scopeProfiles", OtlpFields.Resource.SCOPE_PROFILES, SCOPE_PROFILES);
    RESOURCE.message("attributes", OtlpFields.Resource.ATTRIBUTES, KEY_VALUE);
    SCOPE_PROFILES
        .message("scope", OtlpFields.Scope.SCOPE, SCOPE)
        .message("profiles", OtlpFields.Scope.PROFILES, PROFILE);
    SCOPE
        .is(Kind.TEXT, "name", OtlpFields.Scope.NAME)
        .is(Kind.TEXT, "version", OtlpFields.Scope.VERSION)
        .message("attributes", OtlpFields.Scope.ATTRIBUTES, KEY_VALUE);
  }

  private static void anyValues() {
    KEY_VALUE
        .is(Kind.TEXT, "key", OtlpFields.KeyValue.KEY)
        .message("value", OtlpFields.KeyValue.VALUE, ANY_VALUE)
        .number("keyStrindex", OtlpFields.KeyValue.KEY_INDEX);
    ANY_VALUE
        .is(Kind.TEXT, "stringValue", OtlpFields.AnyValue.STRING)
        .is(Kind.BOOL, "boolValue", OtlpFields.AnyValue.BOOL)
        .number("intValue", OtlpFields.AnyValue.INT)
        .is(Kind.DOUBLE, "doubleValue", OtlpFields.AnyValue.DOUBLE)
        .message("arrayValue", OtlpFields.AnyValue.ARRAY, ARRAY)
        .message("kvlistValue", OtlpFields.AnyValue.MAP, MAP)
        .is(Kind.UNUSED, "bytesValue", OtlpFields.AnyValue.BYTES)
        .number("stringValueStrindex", OtlpFields.AnyValue.STRING_INDEX);
    ARRAY.message("values", OtlpFields.AnyValue.VALUES, ANY_VALUE);
    MAP.message("values", OtlpFields.AnyValue.VALUES, KEY_VALUE);
  }

  private static void dictionary() {
    DICTIONARY
        .message("mappingTable", OtlpFields.Dictionary.MAPPINGS, MAPPING)
        .message("locationTable", OtlpFields.Dictionary.LOCATIONS, LOCATION)
        .message("functionTable", OtlpFields.Dictionary.FUNCTIONS, FUNCTION)
        .message("linkTable", OtlpFields.Dictionary.LINKS, LINK)
        .is(Kind.TEXT, "stringTable", OtlpFields.Dictionary.STRINGS)
        .message("attributeTable", OtlpFields.Dictionary.ATTRIBUTES, ATTRIBUTE)
        .message("stackTable", OtlpFields.Dictionary.STACKS, STACK);
    MAPPING
        .number("memoryStart", OtlpFields.Mapping.START)
        .number("memoryLimit", OtlpFields.Mapping.LIMIT)
        .number("fileOffset", OtlpFields.Mapping.OFFSET)
        .number("filenameStrindex", OtlpFields.Mapping.FILE)
        .number("attributeIndices", OtlpFields.Mapping.ATTRIBUTES);
    LOCATION
        .number("mappingIndex", OtlpFields.Location.MAPPING)
        .number("address", OtlpFields.Location.ADDRESS)
        .message("lines", OtlpFields.Location.LINES, LINE)
        .is(Kind.OLD, "line", 0)
        .number("attributeIndices", OtlpFields.Location.ATTRIBUTES);
    LINE.number("functionIndex", OtlpFields.Line.FUNCTION)
        .number("line", OtlpFields.Line.LINE)
        .number("column", OtlpFields.Line.COLUMN);
    FUNCTION
        .number("nameStrindex", OtlpFields.Function.NAME)
        .number("systemNameStrindex", OtlpFields.Function.SYSTEM_NAME)
        .number("filenameStrindex", OtlpFields.Function.FILE)
        .number("startLine", OtlpFields.Function.START_LINE);
    STACK.number("locationIndices", OtlpFields.Stack.LOCATIONS);
    LINK.is(Kind.HEX, "traceId", OtlpFields.Link.TRACE_ID)
        .is(Kind.HEX, "spanId", OtlpFields.Link.SPAN_ID);
    ATTRIBUTE
        .number("keyStrindex", OtlpFields.Attribute.KEY)
        .message("value", OtlpFields.Attribute.VALUE, ANY_VALUE)
        .number("unitStrindex", OtlpFields.Attribute.UNIT);
  }

  private static void profile() {
    PROFILE
        .message("sampleType", OtlpFields.Profile.SAMPLE_TYPE, VALUE_TYPE)
        .message("samples", OtlpFields.Profile.SAMPLES, SAMPLE)
        .is(Kind.OLD, "sample", 0)
        .is(Kind.OLD, "locationIndices", 0)
        .is(Kind.FIXED64, "timeUnixNano", OtlpFields.Profile.TIME)
        .number("durationNano", OtlpFields.Profile.DURATION)
        .message("periodType", OtlpFields.Profile.PERIOD_TYPE, VALUE_TYPE)
        .number("period", OtlpFields.Profile.PERIOD)
        .number("attributeIndices", OtlpFields.Profile.ATTRIBUTES);
    VALUE_TYPE
        .number("typeStrindex", OtlpFields.ValueType.TYPE)
        .number("unitStrindex", OtlpFields.ValueType.UNIT);
    SAMPLE
        .number("stackIndex", OtlpFields.Sample.STACK)
        .number("attributeIndices", OtlpFields.Sample.ATTRIBUTES)
        .number("linkIndex", OtlpFields.Sample.LINK)
        .number("values", OtlpFields.Sample.VALUES)
        .is(Kind.FIXED64, "timestampsUnixNano", OtlpFields.Sample.TIMESTAMPS);
  }
}
