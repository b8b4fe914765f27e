package dev.stoker.labels;

/** Names with a meaning of their own, as Prometheus, Alloy and Pyroscope use them. */
public final class LabelNames {
  /** Profile name at Pyroscope, first part of the profile type id. */
  public static final String NAME = "__name__";

  public static final String ADDRESS = "__address__";

  /** Path of a unix socket over which the target is scraped, under Prometheus' name. */
  public static final String UNIX_SOCKET = "__scrape_unix_socket__";

  public static final String SCHEME = "__scheme__";
  public static final String PROFILE_PATH = "__profile_path__";
  public static final String PROFILE_PATH_PREFIX = "__profile_path_prefix__";

  /** Keys of profile types, with commas: replaces what a scrape component has enabled. */
  public static final String PROFILE_TYPES = "__profile_types__";

  public static final String SCRAPE_INTERVAL = "__scrape_interval__";
  public static final String SCRAPE_TIMEOUT = "__scrape_timeout__";
  public static final String MAX_BODY_SIZE = "__max_body_size__";
  public static final String MAX_INFLATED_SIZE = "__max_inflated_size__";

  public static final String PARAM_PREFIX = "__param_";
  public static final String META_PREFIX = "__meta_";

  /** "false" tells Pyroscope's v1 storage not to subtract again what is a delta already. */
  public static final String DELTA = "__delta__";

  /** Pyroscope tells the instances of a service apart by it: 16 hexadecimal digits. */
  public static final String SESSION = "__session_id__";

  /** Tenant of a profile, sent as X-Scope-OrgID and never as a label. */
  public static final String TENANT = "__tenant_id__";

  /** Address of the client that has pushed a profile, without its port. */
  public static final String PEER_ADDRESS = "__peer_address__";

  public static final String INSTANCE = "instance";
  public static final String JOB = "job";
  public static final String SERVICE_NAME = "service_name";

  /** Private labels are for the pipeline; only {@link #NAME} and {@link #DELTA} are ever sent. */
  public static boolean isPrivate(String name) {
    return name.startsWith("__");
  }

  private LabelNames() {}
}
