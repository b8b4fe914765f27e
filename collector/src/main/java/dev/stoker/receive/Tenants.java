package dev.stoker.receive;

import java.util.regex.Pattern;

/**
 * The tenants that a Pyroscope takes as <code>X-Scope-OrgID</code>: the rules of its own library,
 * <code>dskit</code>. Several tenants with a bar between them are for queries only.
 */
public final class Tenants {
  private static final Pattern ID = Pattern.compile("[a-zA-Z0-9!_.*'()-]{1,150}");

  public static boolean isValid(String tenant) {
    return ID.matcher(tenant).matches() && !tenant.equals(".") && !tenant.equals("..");
  }

  private Tenants() {}
}
