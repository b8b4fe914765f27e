package dev.stoker.otlp;

/**
 * Field numbers of OTLP profiles, <code>v1development</code> as of opentelemetry-proto 1.10: one
 * dictionary for each request, and one sample type for each profile.
 */
public final class OtlpFields {
  /** ExportProfilesServiceRequest. */
  public static final class Request {
    public static final int RESOURCE_PROFILES = 1;
    public static final int DICTIONARY = 2;

    private Request() {}
  }

  /** ExportProfilesServiceResponse, and the ExportProfilesPartialSuccess in it. */
  public static final class Response {
    public static final int PARTIAL_SUCCESS = 1;
    public static final int REJECTED_PROFILES = 1;
    public static final int ERROR_MESSAGE = 2;

    private Response() {}
  }

  /** ResourceProfiles, and the Resource in it. */
  public static final class Resource {
    public static final int RESOURCE = 1;
    public static final int SCOPE_PROFILES = 2;
    public static final int ATTRIBUTES = 1;

    private Resource() {}
  }

  /** ScopeProfiles, and the InstrumentationScope in it. */
  public static final class Scope {
    public static final int SCOPE = 1;
    public static final int PROFILES = 2;
    public static final int NAME = 1;
    public static final int VERSION = 2;
    public static final int ATTRIBUTES = 3;

    private Scope() {}
  }

  /** ProfilesDictionary; the first entry of each table is the empty one. */
  public static final class Dictionary {
    public static final int MAPPINGS = 1;
    public static final int LOCATIONS = 2;
    public static final int FUNCTIONS = 3;
    public static final int LINKS = 4;
    public static final int STRINGS = 5;
    public static final int ATTRIBUTES = 6;
    public static final int STACKS = 7;

    private Dictionary() {}
  }

  /** Profile. */
  public static final class Profile {
    public static final int SAMPLE_TYPE = 1;
    public static final int SAMPLES = 2;
    public static final int TIME = 3;
    public static final int DURATION = 4;
    public static final int PERIOD_TYPE = 5;
    public static final int PERIOD = 6;
    public static final int ID = 7;
    public static final int ATTRIBUTES = 11;

    private Profile() {}
  }

  /** ValueType. */
  public static final class ValueType {
    public static final int TYPE = 1;
    public static final int UNIT = 2;

    private ValueType() {}
  }

  /** Sample. */
  public static final class Sample {
    public static final int STACK = 1;
    public static final int ATTRIBUTES = 2;
    public static final int LINK = 3;
    public static final int VALUES = 4;
    public static final int TIMESTAMPS = 5;

    private Sample() {}
  }

  /** Mapping. */
  public static final class Mapping {
    public static final int START = 1;
    public static final int LIMIT = 2;
    public static final int OFFSET = 3;
    public static final int FILE = 4;
    public static final int ATTRIBUTES = 5;

    private Mapping() {}
  }

  /** Location. */
  public static final class Location {
    public static final int MAPPING = 1;
    public static final int ADDRESS = 2;
    public static final int LINES = 3;
    public static final int ATTRIBUTES = 4;

    private Location() {}
  }

  /** Line. */
  public static final class Line {
    public static final int FUNCTION = 1;
    public static final int LINE = 2;
    public static final int COLUMN = 3;

    private Line() {}
  }

  /** Function. */
  public static final class Function {
    public static final int NAME = 1;
    public static final int SYSTEM_NAME = 2;
    public static final int FILE = 3;
    public static final int START_LINE = 4;

    private Function() {}
  }

  /** Stack. */
  public static final class Stack {
    public static final int LOCATIONS = 1;

    private Stack() {}
  }

  /** Link. */
  public static final class Link {
    public static final int TRACE_ID = 1;
    public static final int SPAN_ID = 2;

    private Link() {}
  }

  /** KeyValueAndUnit, an attribute of the dictionary. */
  public static final class Attribute {
    public static final int KEY = 1;
    public static final int VALUE = 2;
    public static final int UNIT = 3;

    private Attribute() {}
  }

  /** KeyValue, an attribute of a resource or scope. */
  public static final class KeyValue {
    public static final int KEY = 1;
    public static final int VALUE = 2;
    public static final int KEY_INDEX = 3;

    private KeyValue() {}
  }

  /** AnyValue, and the ArrayValue in it. */
  public static final class AnyValue {
    public static final int STRING = 1;
    public static final int BOOL = 2;
    public static final int INT = 3;
    public static final int DOUBLE = 4;
    public static final int ARRAY = 5;
    public static final int MAP = 6;
    public static final int BYTES = 7;
    public static final int STRING_INDEX = 8;
    public static final int VALUES = 1;

    private AnyValue() {}
  }

  private OtlpFields() {}
}
