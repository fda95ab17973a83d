package io.ferrynfs.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LicencesTest {
  private static List<String> problems(String components) throws IOException {
    String sbom =
        "<?xml version=\"1.0\"?><bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><components>"
            + components
            + "</components></bom>";
    return Licences.problems(new ByteArrayInputStream(sbom.getBytes(StandardCharsets.UTF_8)));
  }

  private static String component(String licences) {
    return "<component><name>a</name><version>1</version><licenses>"
        + licences
        + "</licenses></component>";
  }

  @Test
  void componentWithOneAcceptedLicenceIsAccepted() throws IOException {
    assertThat(
            problems(
                component(
                    "<license><id>GPL-2.0-only</id></license><license><id>MIT</id></license>")))
        .isEmpty();
  }

  @Test
  void componentUnderAnotherLicenceOrNoneIsReported() throws IOException {
    assertThat(problems(component("<license><id>GPL-2.0-only</id></license>") + component("")))
        .containsExactly("a 1: [GPL-2.0-only]", "a 1: []");
  }
}
