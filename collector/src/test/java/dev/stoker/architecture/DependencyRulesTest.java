package dev.stoker.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The direction of dependencies between packages: who may see whom. */
@AnalyzeClasses(packages = "dev.stoker", importOptions = ImportOption.DoNotIncludeTests.class)
class DependencyRulesTest {
  private static final String BASE = "dev.stoker.";

  /**
   * The floors of the house, from the ground up. A package belongs to the longest name here that
   * fits it (".*" = what is inside only), and sees that name's packages and those of lower floors.
   */
  private static final List<Set<String>> FLOORS =
      List.of(
          Set.of("codec"),
          Set.of(
              "labels", "concurrent", "files", "schema", "pprof", "http.address", "http.failure"),
          Set.of("relabel", "profile", "discovery", "http", "jvm", "otlp"),
          Set.of("component", "agent", "selfprofile"),
          Set.of("discovery.*", "pprof.shared", "store", "scrape"),
          Set.of("write", "scrape.source", "profile.relabel", "profile.enrich", "receive"),
          Set.of("scrape.component"),
          Set.of("components"),
          Set.of("alloy"),
          Set.of("config"),
          Set.of("reload"),
          Set.of("admin"),
          Set.of("app"));

  /** Values and bytes: the JDK and one library each, no event loop, no I/O. */
  @ArchTest
  static final ArchRule pure_packages_see_no_vertx =
      noClasses()
          .that()
          .resideInAnyPackage(
              BASE + "labels..",
              BASE + "relabel..",
              BASE + "pprof",
              BASE + "pprof.wire..",
              BASE + "pprof.check..",
              BASE + "pprof.delta..",
              BASE + "pprof.edit..",
              BASE + "pprof.flame..",
              BASE + "jvm..",
              BASE + "otlp..",
              BASE + "profile",
              BASE + "alloy..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..", "java.net..", "java.nio.file..");

  @ArchTest static final ArchRule labels_see_nothing_of_ours = sees("labels");

  /** Values of a config, and the records that readers make of them. */
  @ArchTest static final ArchRule schema_sees_nothing_of_ours = sees("schema");

  @ArchTest static final ArchRule http_sees = sees("http", "concurrent", "files", "schema");

  /** The rooms of HTTP: each sees only those below it. */
  @ArchTest static final ArchRule http_address_sees_nothing_of_ours = sees("http.address");

  @ArchTest static final ArchRule http_failure_sees_nothing_of_ours = sees("http.failure");

  @ArchTest
  static final ArchRule http_secret_sees =
      sees("http.secret", "http.failure", "files", "concurrent");

  @ArchTest static final ArchRule http_tls_sees = sees("http.tls", "http.secret");

  @ArchTest
  static final ArchRule http_proxy_sees =
      sees("http.proxy", "http.tls", "http.secret", "http.address");

  @ArchTest
  static final ArchRule http_connection_sees =
      sees("http.connection", "http.failure", "concurrent");

  @ArchTest
  static final ArchRule http_client_sees_no_server_and_no_config =
      noClasses()
          .that()
          .resideInAPackage(BASE + "http.client..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(BASE + "http.server..", BASE + "http.schema..", BASE + "schema..");

  @ArchTest
  static final ArchRule http_server_sees =
      sees("http.server", "http.client", "http.secret", "concurrent");

  /** The seam knows no kind of component. */
  @ArchTest
  static final ArchRule component_sees =
      noClasses()
          .that()
          .resideInAPackage(BASE + "component..")
          .should()
          .dependOnClassesThat(
              com.tngtech.archunit.base.DescribedPredicate.describe(
                  "are ours but not below it",
                  target ->
                      target.getPackageName().startsWith(BASE)
                          && !Set.of(
                                  "component",
                                  "discovery",
                                  "profile",
                                  "http.client",
                                  "schema",
                                  "labels",
                                  "files",
                                  "concurrent")
                              .contains(target.getPackageName().substring(BASE.length()))));

  /** A mechanism is a room of its own; a kubelet speaks of pods as the API server does. */
  @ArchTest
  static final ArchRule mechanisms_do_not_see_each_other =
      slices()
          .matching(BASE + "discovery.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              resideInAPackage(BASE + "discovery.kubelet.."),
              resideInAPackage(BASE + "discovery.kubernetes.."));

  @ArchTest static final ArchRule concurrent_sees_nothing_of_ours = sees("concurrent");

  @ArchTest
  static final ArchRule discovery_sees =
      sees(
          "discovery",
          "component",
          "schema",
          "http",
          "labels",
          "relabel",
          "profile",
          "concurrent",
          "files");

  @ArchTest
  static final ArchRule profile_sees =
      sees(
          "profile",
          "component",
          "schema",
          "discovery",
          "pprof",
          "labels",
          "relabel",
          "concurrent");

  @ArchTest static final ArchRule pprof_sees = sees("pprof", "codec", "component", "concurrent");

  @ArchTest static final ArchRule codec_sees = sees("codec");

  /** The rooms of pprof: each sees only those before it. */
  @ArchTest
  static final ArchRule pprof_wire_sees = seesRooms("pprof.wire", "pprof", "pprof.build", "codec");

  @ArchTest
  static final ArchRule pprof_check_sees =
      seesRooms("pprof.check", "pprof", "pprof.build", "pprof.wire");

  @ArchTest
  static final ArchRule pprof_delta_sees =
      seesRooms("pprof.delta", "pprof", "pprof.build", "pprof.wire");

  @ArchTest
  static final ArchRule pprof_edit_sees =
      seesRooms("pprof.edit", "pprof", "pprof.build", "pprof.wire", "pprof.check");

  @ArchTest
  static final ArchRule pprof_flame_sees =
      seesRooms("pprof.flame", "pprof", "pprof.wire", "pprof.check");

  @ArchTest static final ArchRule alloy_sees = sees("alloy", "components", "component", "schema");

  /** The rooms of the conversion: the syntax knows no values of others, and no component. */
  @ArchTest static final ArchRule alloy_syntax_sees_nothing_of_ours = sees("alloy.syntax");

  @ArchTest static final ArchRule alloy_eval_sees = sees("alloy.eval", "alloy.syntax");

  @ArchTest static final ArchRule alloy_custom_sees = sees("alloy.custom", "alloy.syntax");

  @ArchTest
  static final ArchRule alloy_imports_sees = sees("alloy.imports", "alloy.custom", "alloy.syntax");

  /** The rooms of profiles of JVMs: each sees only those before it. */
  @ArchTest static final ArchRule jvm_sees = sees("jvm", "pprof");

  @ArchTest static final ArchRule jvm_stack_sees_nothing_of_ours = seesRooms("jvm.stack");

  @ArchTest static final ArchRule jvm_chunk_sees = seesRooms("jvm.chunk", "jvm.stack");

  @ArchTest
  static final ArchRule jvm_own_sees =
      seesRooms("jvm.own", "jvm.stack", "jvm.chunk", "pprof.build");

  @ArchTest static final ArchRule jvm_recording_sees_nothing_of_ours = seesRooms("jvm.recording");

  @ArchTest
  static final ArchRule jvm_profile_sees =
      seesRooms("jvm.profile", "jvm.stack", "pprof", "pprof.build");

  @ArchTest
  static final ArchRule jvm_convert_sees =
      seesRooms("jvm.convert", "jvm.stack", "jvm.chunk", "jvm.recording", "jvm.profile", "pprof");

  @ArchTest
  static final ArchRule jvm_text_sees =
      seesRooms("jvm.text", "jvm.stack", "jvm.profile", "pprof", "pprof.build");

  /** OTLP as bytes. */
  @ArchTest static final ArchRule otlp_sees = sees("otlp", "pprof", "labels");

  @ArchTest
  static final ArchRule otlp_decode_sees =
      seesRooms("otlp.decode", "otlp", "pprof", "pprof.build", "pprof.wire");

  @ArchTest
  static final ArchRule otlp_json_sees = seesRooms("otlp.json", "otlp", "pprof", "pprof.build");

  /** It goes into other people's JVMs: whatever it sees, they get. */
  @ArchTest static final ArchRule agent_sees = sees("agent", "jvm.own");

  @ArchTest static final ArchRule selfprofile_sees = sees("selfprofile", "jvm.own", "concurrent");

  @ArchTest
  static final ArchRule scrape_sees =
      sees(
          "scrape",
          "component",
          "schema",
          "store",
          "profile",
          "discovery",
          "pprof",
          "jvm",
          "http",
          "labels",
          "concurrent",
          "files");

  /** The rooms of scraping: each sees only those before it. */
  @ArchTest
  static final ArchRule scrape_target_sees =
      seesRooms("scrape.target", "discovery", "http..", "labels", "pprof.wire");

  @ArchTest
  static final ArchRule scrape_fetch_sees =
      seesRooms("scrape.fetch", "scrape.target", "concurrent", "http..");

  @ArchTest
  static final ArchRule scrape_schedule_sees =
      seesRooms("scrape.schedule", "scrape.target", "scrape.fetch", "concurrent");

  @ArchTest
  static final ArchRule scrape_baseline_sees =
      seesRooms("scrape.baseline", "scrape.target", "concurrent", "files", "pprof", "pprof.delta");

  @ArchTest
  static final ArchRule scrape_transform_sees =
      noClasses()
          .that()
          .resideInAPackage(BASE + "scrape.transform..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              BASE + "scrape.fetch..",
              BASE + "scrape.source..",
              BASE + "scrape.loop..",
              BASE + "scrape.component..");

  @ArchTest
  static final ArchRule scrape_loop_sees_neither_a_source_nor_the_component =
      noClasses()
          .that()
          .resideInAPackage(BASE + "scrape.loop..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(BASE + "scrape.source..", BASE + "scrape.component..");

  @ArchTest
  static final ArchRule scrape_source_sees =
      sees(
          "scrape.source",
          "scrape.target",
          "scrape.fetch",
          "jvm",
          "pprof",
          "http",
          "labels",
          "concurrent");

  @ArchTest
  static final ArchRule sources_do_not_see_each_other =
      slices().matching(BASE + "scrape.source.(*)..").should().notDependOnEachOther();

  @ArchTest
  static final ArchRule write_sees =
      sees(
          "write",
          "component",
          "schema",
          "discovery",
          "profile",
          "pprof",
          "otlp",
          "http",
          "labels",
          "concurrent",
          "files");

  /** The rooms of delivery: each sees only those before it, and no protocol sees another one. */
  @ArchTest
  static final ArchRule write_disk_sees = sees("write.disk", "labels", "concurrent", "files");

  @ArchTest
  static final ArchRule write_queue_sees =
      sees("write.queue", "write.disk", "schema", "profile", "labels", "concurrent");

  @ArchTest
  static final ArchRule write_endpoint_sees =
      sees("write.endpoint", "write.queue", "write.disk", "profile", "labels", "concurrent");

  @ArchTest
  static final ArchRule write_component_sees =
      sees(
          "write.component",
          "component",
          "discovery",
          "write.endpoint",
          "write.queue",
          "write.disk",
          "profile",
          "labels",
          "concurrent");

  @ArchTest
  static final ArchRule write_http_sees =
      sees(
          "write.http",
          "component",
          "schema",
          "write.component",
          "write.endpoint",
          "write.queue",
          "write.disk",
          "profile",
          "http",
          "labels",
          "concurrent");

  @ArchTest
  static final ArchRule write_pyroscope_sees =
      sees(
          "write.pyroscope",
          "write.http",
          "component",
          "schema",
          "write.component",
          "write.endpoint",
          "write.queue",
          "write.disk",
          "profile",
          "pprof",
          "http",
          "labels",
          "concurrent");

  @ArchTest
  static final ArchRule write_otlp_sees =
      sees(
          "write.otlp",
          "write.http",
          "component",
          "schema",
          "write.component",
          "write.endpoint",
          "write.queue",
          "write.disk",
          "profile",
          "pprof",
          "otlp",
          "http",
          "labels",
          "concurrent");

  @ArchTest
  static final ArchRule receive_sees =
      sees(
          "receive",
          "component",
          "schema",
          "discovery",
          "profile",
          "pprof",
          "jvm",
          "otlp",
          "http",
          "labels",
          "concurrent");

  @ArchTest
  static final ArchRule receive_server_sees =
      seesRooms("receive.server", "http.client", "http.server", "concurrent");

  /** Who looks for a class sees all names of its room at once. */
  @ArchTest
  static void rooms_have_25_classes_at_most(JavaClasses classes) {
    Map<String, Long> sizes =
        classes.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(type -> !type.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    Map<String, Long> large = new TreeMap<>(sizes);
    large.values().removeIf(size -> size <= 25);
    assertThat(large).as("classes of each room with more than 25").isEmpty();
  }

  @ArchTest
  static final ArchRule store_sees =
      sees(
          "store",
          "component",
          "schema",
          "discovery",
          "profile",
          "pprof",
          "labels",
          "concurrent",
          "files");

  @ArchTest
  static final ArchRule config_sees =
      sees(
          "config",
          "components",
          "component",
          "schema",
          "scrape",
          "write",
          "store",
          "discovery",
          "http",
          "labels",
          "relabel",
          "profile",
          "pprof",
          "alloy");

  /** The rooms of the config: the text below the files, and the files below the loader. */
  @ArchTest
  static final ArchRule config_text_sees =
      sees("config.text", "components", "component", "schema", "http");

  @ArchTest
  static final ArchRule config_source_sees =
      sees("config.source", "config.text", "alloy", "schema", "http");

  @ArchTest static final ArchRule config_daemon_sees = sees("config.daemon", "schema", "http");

  @ArchTest
  static final ArchRule admin_sees =
      sees(
          "admin",
          "component",
          "config",
          "schema",
          "profile",
          "http",
          "jvm.own",
          "selfprofile",
          "reload",
          "scrape",
          "receive",
          "write",
          "store",
          "discovery",
          "relabel",
          "pprof",
          "labels",
          "concurrent");

  /** Inside of admin: the list of routes sees its rooms, and they do not see each other. */
  @ArchTest static final ArchRule admin_route_sees_nothing_of_ours = sees("admin.route");

  @ArchTest
  static final ArchRule admin_server_sees =
      sees("admin.server", "admin.route", "http", "concurrent");

  @ArchTest static final ArchRule admin_pages_see_nothing_of_ours = sees("admin.pages");

  @ArchTest
  static final ArchRule admin_api_sees_no_other_room =
      noClasses()
          .that()
          .resideInAPackage(BASE + "admin.api..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(BASE + "admin", BASE + "admin.server..", BASE + "admin.pages..");

  /** Whoever looks for a route looks there. */
  @ArchTest
  static final ArchRule routes_are_in_admin =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + "admin..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx.ext.web", "io.vertx.ext.web.handler..");

  @ArchTest static final ArchRule reload_sees = sees("reload", "config", "schema", "concurrent");

  @ArchTest static final ArchRule relabel_sees = sees("relabel", "labels", "schema");

  @ArchTest
  static final ArchRule nobody_sees_the_composition_root =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + "app..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(BASE + "app..");

  /** The rooms of the composition root: commands run the daemon, and nothing below knows them. */
  @ArchTest
  static final ArchRule the_daemon_knows_no_command =
      noClasses()
          .that()
          .resideInAnyPackage(BASE + "app.run..", BASE + "app.memory..", BASE + "app.log..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(BASE + "app", BASE + "app.command..");

  @ArchTest
  static final ArchRule no_cycles = slices().matching(BASE + "(**)").should().beFreeOfCycles();

  /** Inside of a module too: no arrow runs up. */
  @ArchTest
  static void packages_see_only_lower_floors(JavaClasses classes) {
    Set<String> up = new TreeSet<>();
    for (JavaClass type : classes) {
      String from = type.getPackageName();
      for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
        String to = dependency.getTargetClass().getPackageName();
        if (to.startsWith(BASE) && !room(from).equals(room(to)) && floor(to) >= floor(from)) {
          up.add(from + " sees " + to);
        }
      }
    }
    assertThat(up).isEmpty();
  }

  private static int floor(String name) {
    for (int i = 0; i < FLOORS.size(); i++) {
      if (FLOORS.get(i).contains(room(name))) {
        return i;
      }
    }
    throw new AssertionError(name + " has no floor: give it one in FLOORS");
  }

  private static String room(String name) {
    String inside = name.substring(BASE.length());
    return FLOORS.stream()
        .flatMap(Set::stream)
        .filter(
            room ->
                room.endsWith(".*")
                    ? inside.startsWith(room.substring(0, room.length() - 1))
                    : (inside + ".").startsWith(room + "."))
        .max(Comparator.comparingInt(String::length))
        .orElse("");
  }

  private static ArchRule sees(String name, String... others) {
    String[] allowed = new String[others.length + 1];
    for (int i = 0; i < others.length; i++) {
      allowed[i] = BASE + others[i] + "..";
    }
    allowed[others.length] = BASE + name + "..";
    return noClasses()
        .that()
        .resideInAPackage(BASE + name + "..")
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "are ours but outside " + String.join(", ", allowed),
                target ->
                    target.getPackageName().startsWith(BASE)
                        && !com.tngtech.archunit.core.domain.JavaClass.Predicates
                            .resideInAnyPackage(allowed)
                            .test(target)));
  }

  /** The same of one room: those below it have to be named; of <code>name..</code> all rooms. */
  private static ArchRule seesRooms(String name, String... others) {
    String[] allowed = new String[others.length + 1];
    for (int i = 0; i < others.length; i++) {
      allowed[i] = BASE + others[i];
    }
    allowed[others.length] = BASE + name;
    return noClasses()
        .that()
        .resideInAPackage(BASE + name)
        .should()
        .dependOnClassesThat(
            com.tngtech.archunit.base.DescribedPredicate.describe(
                "are ours but outside " + String.join(", ", allowed),
                target ->
                    target.getPackageName().startsWith(BASE)
                        && !com.tngtech.archunit.core.domain.JavaClass.Predicates
                            .resideInAnyPackage(allowed)
                            .test(target)));
  }

  /** A client of any other making goes on with connections that are silent. */
  @ArchTest
  static final ArchRule http_clients_are_watched =
      noClasses()
          .that()
          .haveNameNotMatching(".*WatchedClient")
          .should()
          .callMethodWhere(
              com.tngtech.archunit.base.DescribedPredicate.describe(
                  "makes an HTTP client",
                  call ->
                      call.getTargetOwner().isAssignableTo("io.vertx.core.Vertx")
                          && call.getName().matches("createHttpClient|httpClientBuilder")));

  /** Redirects, credentials and deadlines have one place, which is the exchange. */
  @ArchTest
  static final ArchRule requests_are_exchanges =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + "http..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching("io\\.vertx\\.core\\.http\\.HttpClient.*");

  /** The client itself is named in one package. */
  @ArchTest
  static final ArchRule the_http_client_is_named_in_one_package =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + "http.connection")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("io.vertx.core.http.HttpClient");

  /** One redirect loop: the JDK's own connection would follow redirects by rules of its own. */
  @ArchTest
  static final ArchRule the_jdks_connection_is_for_the_health_command =
      noClasses()
          .that()
          .doNotHaveSimpleName("HealthCommand")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(java.net.URLConnection.class);

  /** A watch has no end, and a kubeconfig file brings logins of its own: see RATIONALE.md. */
  @ArchTest
  static final ArchRule the_jdks_http_client_is_for_kubernetes =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + "discovery.kubernetes..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net.http..", "io.fabric8.kubernetes.client.http..");

  /** Web Client follows no redirects, and takes no body, without the bounds of the exchange. */
  @ArchTest
  static final ArchRule web_client_is_for_the_exchange =
      noClasses()
          .that()
          .haveNameNotMatching(".*\\.(ExchangeHop(\\$.*)?|ConnectionPool|RequestSteps)")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx.ext.web.client..", "io.vertx.ext.web.codec..");

  @ArchTest static final ArchRule files_sees_nothing_of_ours = sees("files");

  /** Whatever is written is private; what a command writes for its user is the user's. */
  @ArchTest
  static final ArchRule files_are_written_by_private_files =
      noClasses()
          .that()
          .resideOutsideOfPackage(BASE + "files..")
          .and()
          .doNotHaveFullyQualifiedName(BASE + "app.command.ConvertCommand")
          .and()
          .doNotHaveFullyQualifiedName(BASE + "app.command.ScrapeCommand")
          .and()
          .doNotHaveFullyQualifiedName(BASE + "app.CdsTraining")
          .should()
          .callMethodWhere(
              com.tngtech.archunit.base.DescribedPredicate.describe(
                  "writes files by itself", DependencyRulesTest::writes))
          .orShould()
          .dependOnClassesThat()
          .belongToAnyOf(java.io.FileOutputStream.class, java.io.RandomAccessFile.class);

  private static boolean writes(com.tngtech.archunit.core.domain.JavaMethodCall call) {
    com.tngtech.archunit.core.domain.JavaClass owner = call.getTargetOwner();
    return owner.isEquivalentTo(java.nio.file.Files.class)
        ? call.getName()
            .matches("write.*|create.*|copy|newOutputStream|newBufferedWriter|newByteC.*")
        : owner.isEquivalentTo(java.nio.channels.FileChannel.class)
            && call.getName().equals("open");
  }

  /** Keeps the import of {@link #classes} honest: every package says what it is for. */
  @ArchTest
  static final ArchRule package_info_is_null_marked =
      classes()
          .that()
          .haveSimpleName("package-info")
          .should()
          .beAnnotatedWith(org.jspecify.annotations.NullMarked.class);
}
