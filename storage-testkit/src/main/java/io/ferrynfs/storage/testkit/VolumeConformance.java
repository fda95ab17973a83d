package io.ferrynfs.storage.testkit;

import org.junit.jupiter.api.Nested;

/**
 * The conformance tests of a volume. A test class of the volume extends this class, once for each
 * relevant configuration, and provides a harness. The themes are inherited as nested tests.
 *
 * <pre>{@code
 * class MyVolumeTest extends VolumeConformance {
 *   @Override
 *   protected VolumeHarness newHarness() {
 *     return new MyHarness();
 *   }
 * }
 * }</pre>
 */
public abstract class VolumeConformance {
  /**
   * Returns a harness with an empty volume.
   *
   * @throws Exception to fail the test
   */
  protected abstract VolumeHarness newHarness() throws Exception;

  @Nested
  final class Names extends NamesTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Handles extends HandlesTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class AttributesOf extends AttributesTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Permissions extends PermissionsTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Data extends DataTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class OpenFiles extends OpenFilesTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Holes extends HolesTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Copies extends CopiesTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Creation extends CreationTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class LinksAndRemoval extends LinksTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Renaming extends RenamingTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Directories extends DirectoriesTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class SymlinksAndNodes extends SpecialsTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Acls extends AclsTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Xattrs extends XattrsTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }

  @Nested
  final class Concurrency extends ConcurrencyTheme {
    @Override
    VolumeHarness newHarness() throws Exception {
      return VolumeConformance.this.newHarness();
    }
  }
}
