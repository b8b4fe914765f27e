package dev.stoker.discovery.kubernetes.api;

import dev.stoker.http.client.HttpClientConfig;

/**
 * How the API server is reached: a server by URL, a kubeconfig file, or (both empty) the cluster
 * that Stoker runs in.
 *
 * @param server such as <code>https://10.0.0.1:6443</code>; "" = not given
 * @param kubeconfigFile "" = not given
 * @param http for a server by URL only
 */
public record ApiAccess(String server, String kubeconfigFile, HttpClientConfig http) {
  public static final ApiAccess IN_CLUSTER = new ApiAccess("", "", HttpClientConfig.DEFAULT);
}
