package dev.stoker.discovery.kubernetes;

/**
 * How the API server is reached: a server by URL, a kubeconfig file, or (both empty) the cluster
 * that Stoker runs in.
 *
 * @param server such as <code>https://10.0.0.1:6443</code>; "" = not given
 * @param kubeconfigFile "" = not given
 * @param tokenFile read again when it changes; "" = not given
 * @param token "" = not given
 * @param caFile PEM; "" = the JVM's trust store
 * @param insecure the server's certificate is not checked
 */
public record ApiAccess(
    String server,
    String kubeconfigFile,
    String tokenFile,
    String token,
    String caFile,
    boolean insecure) {
  public static final ApiAccess IN_CLUSTER = new ApiAccess("", "", "", "", "", false);

  /** Secrets never leave through logs. */
  @Override
  public String toString() {
    return "ApiAccess[server=" + server + ", kubeconfigFile=" + kubeconfigFile + "]";
  }
}
