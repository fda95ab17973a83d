package ferry.tidy;

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
import org.junit.jupiter.api.Test;

/** The arrows of ARCHITECTURE.md: imports run down only, and the world outside is injected. */
class LayeringTest {
  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("ferry");

  @Test
  void importsRunDownOnly() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage("ferry..")
        .layer("wire")
        .definedBy("ferry.wire..")
        .layer("rpc")
        .definedBy("ferry.rpc..")
        .layer("storage")
        .definedBy(
            "ferry.storage",
            "ferry.storage.memory..",
            "ferry.storage.kit..",
            "ferry.storage.faults..")
        .layer("storage-linux")
        .definedBy("ferry.storage.linux..")
        .layer("client")
        .definedBy("ferry.client..")
        .layer("server")
        .definedBy("ferry.server..")
        .layer("cli")
        .definedBy("ferry.cli..")
        .layer("bench")
        .definedBy("ferry.bench..")
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

  @Test
  void noPackageDependsOnItselfThroughOthers() {
    slices().matching("ferry.(**)").should().beFreeOfCycles().check(PRODUCT);
  }

  @Test
  void wireDoesNoInputOrOutputAndStartsNoThread() {
    noClasses()
        .that()
        .resideInAPackage("ferry.wire..")
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

  /** Everything but the one class per module that brings the real world in, and the programs. */
  private static final class InjectedOnly extends DescribedPredicate<JavaClass> {
    InjectedOnly() {
      super("are not the system's environment or a program");
    }

    @Override
    public boolean test(JavaClass type) {
      String name = type.getName();
      return name.startsWith("ferry.")
          && !name.startsWith("ferry.rpc.env.SystemEnv")
          && !name.startsWith("ferry.cli.base.Machine")
          && !name.startsWith("ferry.bench.")
          && !name.startsWith("ferry.tidy.");
    }
  }
}
