package org.mysqlmanager;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which package may use which: inner ones never know outer ones. */
class ArchitectureTest {
  private static final String BASE = "org.mysqlmanager.";
  private static final List<String> ADAPTERS = List.of("mysql", "proxysql", "haproxy", "store");

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.mysqlmanager");

  @Test
  void theModelUsesTheJdkAndJacksonsAnnotationsOnly() {
    check(
        classes()
            .that()
            .resideInAPackage(BASE + "model")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                BASE + "model",
                "java..",
                "com.fasterxml.jackson.annotation",
                "org.jspecify.annotations"));
  }

  @Test
  void anObservationKnowsTheModelOnly() {
    check(onlyUses("observe", "model"));
  }

  @Test
  void decisionsKnowModelAndObservationsOnly() {
    check(onlyUses("decide", "model", "observe"));
  }

  @Test
  void thePureCoreHasNoClockNoRandomNumbersNoThreadsAndNoInputOrOutput() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(BASE + "model", BASE + "observe", BASE + "decide")
            .should()
            .dependOnClassesThat(
                resideInAPackage("java.io..")
                    .and(not(belongToAnyOf(java.io.Serializable.class)))
                    .or(resideInAPackage("java.nio.."))
                    .or(resideInAPackage("java.net.."))
                    .or(resideInAPackage("java.sql.."))
                    .or(resideInAPackage("java.util.concurrent.."))
                    .or(resideInAPackage("java.util.logging.."))
                    .or(belongToAnyOf(java.util.Random.class, Thread.class, java.time.Clock.class))
                    .as("I/O, threads, chance or a clock")));
    check(
        noClasses()
            .that()
            .resideInAnyPackage(BASE + "model", BASE + "observe", BASE + "decide")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .orShould()
            .callMethod(Math.class, "random"));
  }

  @Test
  void theLoopKnowsTheCoreAndItsPortsOnly() {
    check(usesOfOurOwn("reconcile", "model", "observe", "decide"));
  }

  @Test
  void anAdapterKnowsThePortsAndNoOtherAdapter() {
    for (String adapter : ADAPTERS) {
      check(
          adapter.equals("store")
              ? usesOfOurOwn(adapter, "model", "observe", "reconcile", "zk")
              : usesOfOurOwn(adapter, "model", "observe", "reconcile", "net"));
    }
  }

  @Test
  void theNetworkPackageUsesTheJdkAndTheModelOnlyAndOnlyAdaptersUseIt() {
    check(onlyUses("net", "model", "javax.net.ssl"));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                BASE + "net", BASE + "mysql..", BASE + "proxysql..", BASE + "haproxy..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BASE + "net"));
  }

  @Test
  void theConfigurationKnowsTheModelOnlyAndTheCoreDoesNotKnowTheConfiguration() {
    check(usesOfOurOwn("config", "model", "access"));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("org.mysqlmanager", BASE + "config", BASE + "cli")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(BASE + "config"));
  }

  @Test
  void whatPeopleSeeIsMadeWithoutAnyAdapter() {
    check(usesOfOurOwn("http", "model", "observe", "reconcile", "access"));
    check(usesOfOurOwn("metrics", "model", "observe", "reconcile", "access"));
    check(usesOfOurOwn("cli", "model", "config", "access"));
  }

  @Test
  void whoMayDoWhatIsDecidedWithTheJdkAndTheModelAlone() {
    check(onlyUses("access", "model"));
  }

  @Test
  void nothingKnowsTheApplication() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.mysqlmanager")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.mysqlmanager"));
  }

  @Test
  void zooKeepersModuleKnowsNothingOfTheRest() {
    check(usesOfOurOwn("zk"));
    check(
        noClasses()
            .that()
            .resideInAPackage(BASE + "zk..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.mysql..", "java.sql.."));
  }

  @Test
  void onlyTheDriversAdaptersSpeakSql() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(BASE + "mysql..", BASE + "proxysql..", BASE + "local..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "com.mysql.."));
  }

  /** So that a new package is not simply overlooked by all of them. */
  @Test
  void everyPackageHasItsRule() {
    Set<String> withRule =
        new TreeSet<>(
            Set.of(
                "model",
                "observe",
                "decide",
                "reconcile",
                "net",
                "access",
                "config",
                "http",
                "metrics",
                "cli",
                "zk"));
    withRule.addAll(ADAPTERS);
    Set<String> packages =
        PRODUCT.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> name.startsWith(BASE) && !name.startsWith(BASE + "local"))
            .map(name -> name.substring(BASE.length()).replaceAll("\\..*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(withRule, packages);
  }

  @Test
  void packagesFormNoCycles() {
    slices().matching("org.mysqlmanager.(*)..").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws Exception {
    List<Path> silent = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .map(Path::getParent)
          .distinct()
          .filter(folder -> !Files.exists(folder.resolve("package-info.java")))
          .forEach(silent::add);
    }
    assertEquals(List.of(), silent);
  }

  /** Of anything but the JDK, that package uses only itself and these. */
  private static ArchRule onlyUses(String name, String... others) {
    List<String> allowed =
        new ArrayList<>(
            List.of(BASE + name, "java..", "javax.crypto..", "org.jspecify.annotations"));
    Stream.of(others)
        .map(other -> other.startsWith("javax.") ? other : BASE + other)
        .forEach(allowed::add);
    return classes()
        .that()
        .resideInAPackage(BASE + name)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new));
  }

  /** Of our own packages, that one uses only itself and these; libraries are its own matter. */
  private static ArchRule usesOfOurOwn(String name, String... others) {
    List<String> allowed = new ArrayList<>(List.of(BASE + name + ".."));
    Stream.of(others).map(other -> BASE + other + "..").forEach(allowed::add);
    return noClasses()
        .that()
        .resideInAPackage(BASE + name + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("org.mysqlmanager..")
                .and(not(JavaClass.Predicates.resideInAnyPackage(allowed.toArray(String[]::new))))
                .as("our own classes outside " + allowed));
  }

  /** A rule that matches no class fails: the package that it is about has another name by now. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(false).check(PRODUCT);
  }
}
