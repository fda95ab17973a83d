package io.ferrynfs.tidy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks the layers of ARCHITECTURE.md: imports point downwards, and the environment is injected.
 */
class LayeringTest {
  private static final Pattern ASSEMBLIES =
      Pattern.compile(
          "io\\.ferrynfs\\.(server\\.NfsServer|storage\\.linux\\.(LinuxVolume|VolumeOpener))");

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.ferrynfs");

  @Test
  void importsPointDownwardsOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("io.ferrynfs..")
        .layer("wire")
        .definedBy("io.ferrynfs.wire..")
        .layer("rpc")
        .definedBy("io.ferrynfs.rpc..")
        .layer("storage")
        .definedBy(
            "io.ferrynfs.storage", "io.ferrynfs.storage.memory..", "io.ferrynfs.storage.testkit..")
        .layer("storage-linux")
        .definedBy("io.ferrynfs.storage.linux..")
        .layer("client")
        .definedBy("io.ferrynfs.client..")
        .layer("server")
        .definedBy("io.ferrynfs.server..")
        .layer("cli")
        .definedBy("io.ferrynfs.cli..")
        .layer("bench")
        .definedBy("io.ferrynfs.bench..")
        .whereLayer("bench")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("cli")
        .mayOnlyBeAccessedByLayers("bench")
        .whereLayer("server")
        .mayOnlyBeAccessedByLayers("cli", "bench")
        .whereLayer("storage-linux")
        .mayOnlyBeAccessedByLayers("cli", "bench")
        .whereLayer("client")
        .mayOnlyBeAccessedByLayers("server", "cli", "bench")
        .whereLayer("storage")
        .mayOnlyBeAccessedByLayers("storage-linux", "server", "cli", "bench")
        .whereLayer("rpc")
        .mayOnlyBeAccessedByLayers("client", "server", "cli", "bench")
        .whereLayer("wire")
        .mayOnlyBeAccessedByLayers("rpc", "client", "server", "cli", "bench")
        .check(PRODUCT);
  }

  /**
   * NfsServer and LinuxVolume assemble the rooms of their modules. They are in the one package that
   * outsiders see, whose other types those rooms use.
   */
  @Test
  void packagesHaveNoCyclesApartFromTheTypesThatAssembleThem() {
    slices()
        .matching("io.ferrynfs.(**)")
        .should()
        .beFreeOfCycles()
        .ignoreDependency(
            DescribedPredicate.<JavaClass>describe(
                "assembly", type -> ASSEMBLIES.matcher(type.getName()).lookingAt()),
            DescribedPredicate.alwaysTrue())
        .check(PRODUCT);
  }

  @Test
  void wireDoesNoInputOrOutputAndStartsNoThread() {
    noClasses()
        .that()
        .resideInAPackage("io.ferrynfs.wire..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.net..", "java.nio.channels..", "java.util.concurrent..")
        .check(PRODUCT);
  }

  @Test
  void timeRandomnessAndThreadsAreInjected() {
    noClasses()
        .that(new InjectedOnly())
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "interrupt")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Executors.class, ThreadLocalRandom.class)
        .orShould()
        .callConstructor(java.util.Random.class)
        .check(PRODUCT);
  }

  /** All classes except the implementations of the environment and the programs. */
  private static final class InjectedOnly extends DescribedPredicate<JavaClass> {
    InjectedOnly() {
      super("are not the system's environment or a program");
    }

    @Override
    public boolean test(JavaClass type) {
      String name = type.getName();
      return name.startsWith("io.ferrynfs.")
          && !name.startsWith("io.ferrynfs.rpc.env.SystemEnv")
          && !name.startsWith("io.ferrynfs.cli.base.Machine")
          && !name.startsWith("io.ferrynfs.bench.")
          && !name.startsWith("io.ferrynfs.tidy.");
    }
  }
}
