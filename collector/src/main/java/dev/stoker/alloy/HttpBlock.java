package dev.stoker.alloy;

import dev.stoker.alloy.syntax.Comment;
import dev.stoker.alloy.syntax.Expr;
import dev.stoker.alloy.syntax.Statement;
import dev.stoker.alloy.syntax.Statement.Attribute;
import dev.stoker.alloy.syntax.Statement.Block;
import dev.stoker.alloy.syntax.Statement.Body;
import dev.stoker.alloy.syntax.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Alloy's <code>http</code> block, who may use its own server, in the shape of <code>stoker.http
 * </code>: <code>auth.basic</code> is <code>basic_auth</code> there, and a filter that excludes
 * paths is <code>open_paths</code>. Alloy without a filter asks for a login on every path, Stoker
 * not on those of probes and metrics: what is written keeps Alloy's way.
 */
final class HttpBlock {
  static final BlockSpec SPEC =
      new BlockSpec()
          .plain("open_paths")
          .block("basic_auth", new BlockSpec().plain("username", "password"))
          .block("tls", tls());

  private static BlockSpec tls() {
    BlockSpec tls = new BlockSpec().plain("cert_file", "cert_pem", "key_file", "key_pem");
    for (String name :
        List.of("client_auth_type", "client_ca", "client_ca_file", "client_ca_pem")) {
      tls.refuse(name, "Stoker's server asks for no client certificates; put a proxy before it");
    }
    for (String name :
        List.of(
            "cipher_suites",
            "curve_preferences",
            "min_version",
            "max_version",
            "prefer_server_cipher_suites")) {
      tls.leaveOut(name, "Stoker's server takes TLS 1.2 and 1.3, as the JVM is configured");
    }
    return tls;
  }

  private final Report report;
  private final List<Statement> written = new ArrayList<>();

  private HttpBlock(Report report) {
    this.report = report;
  }

  /** Makes Stoker's block of Alloy's. Statements that do not fit are reported. */
  static Block stokers(Block http, Report report) {
    HttpBlock block = new HttpBlock(report);
    for (Statement each : http.body().statements()) {
      if (each instanceof Block auth && auth.name().equals("auth")) {
        block.auth(auth);
      } else {
        block.written.add(each);
      }
    }
    Body body = new Body(block.written, http.body().leftover());
    return new Block(http.name(), http.label(), body, http.notes(), http.lastLine());
  }

  private void auth(Block auth) {
    Block basic = null;
    Block filter = null;
    for (Statement each : auth.body().statements()) {
      if (each instanceof Block block && block.name().equals("basic") && basic == null) {
        basic = block;
      } else if (each instanceof Block block && block.name().equals("filter") && filter == null) {
        filter = block;
      } else {
        problem(each, "has no place here; an auth block holds one basic and one filter");
      }
    }
    if (basic == null) {
      problem(auth, "has no basic block; take it out, or write basic { username, password }");
      return;
    }
    List<Comment> leading = new ArrayList<>(auth.notes().leading());
    leading.addAll(basic.notes().leading());
    Statement.Notes notes =
        new Statement.Notes(leading, basic.notes().trailing(), basic.line(), false);
    written.add(new Block("basic_auth", basic.label(), basic.body(), notes, basic.lastLine()));
    if (filter == null) {
      open(new Expr.ListOf(List.of(), List.of(), auth.line()), List.of(), auth.line());
    } else {
      filter(filter);
    }
  }

  private void filter(Block filter) {
    Expr paths = null;
    boolean excludes = false;
    for (Statement each : filter.body().statements()) {
      Expr value = each instanceof Attribute attribute ? attribute.value() : null;
      if (value != null && each.name().equals("paths")) {
        paths = value;
      } else if (value != null && each.name().equals("authenticate_matching_paths")) {
        excludes = isFalse(value);
      } else {
        problem(each, "is not known; a filter has paths and authenticate_matching_paths");
      }
    }
    if (excludes && paths != null) {
      open(paths, filter.notes().leading(), filter.line());
    } else {
      problem(
          filter,
          "lists what needs a login, but Stoker's open_paths list what needs none: write paths that"
              + " are open, and authenticate_matching_paths = false");
    }
  }

  private static boolean isFalse(@Nullable Expr value) {
    return value instanceof Expr.Literal literal && literal.value().equals(new Value.Bool(false));
  }

  private void open(Expr paths, List<Comment> leading, int line) {
    Statement.Notes notes =
        new Statement.Notes(new ArrayList<>(leading), new ArrayList<>(), line, false);
    written.add(new Attribute("open_paths", paths, notes));
  }

  private void problem(Statement where, String message) {
    report.problem(where.notes().line(), "http." + where.name(), message);
  }
}
