package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code ./ferry} with a fake JDK that reports its arguments. */
class LauncherTest {
  private static final Path SCRIPT = Path.of("../ferry");

  /** Prints its arguments, and creates the AOT cache if it is asked to. */
  private static final String JAVA =
      """
      #!/bin/sh
      for word; do
        echo "<$word>"
        case $word in -XX:AOTCacheOutput=*) echo new > "${word#*=}" ;; esac
      done
      """;

  private Path root;
  private Path jdk;

  @BeforeEach
  void install(@TempDir Path folder) throws IOException {
    root = Files.createDirectories(folder.resolve("a path with spaces/ferry root"));
    jdk = fakeJdk(folder.resolve("my jdk"), "25.0.1");
    Files.copy(SCRIPT, root.resolve("ferry"));
    Files.createDirectories(root.resolve("cli/target/lib"));
    Files.createFile(root.resolve("cli/target/ferry-cli-1.jar"));
    Files.createFile(root.resolve("cli/target/lib/other.jar"));
    Path work = Files.createDirectory(root.resolve(".ferry"));
    Files.writeString(work.resolve("jdk"), jdk + "\n");
    Files.createFile(work.resolve("built"));
    Files.createFile(work.resolve("ferry.aot"));
    Files.writeString(work.resolve("ferry.aot.for"), jdk + " " + root + "\n");
  }

  private static Path fakeJdk(Path home, String version) throws IOException {
    Path bin = Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    for (String name : List.of("java", "javac")) {
      Path program = bin.resolve(name);
      Files.writeString(program, JAVA);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return home;
  }

  private record LauncherResult(int exit, List<String> words, String err) {}

  private LauncherResult run(Path script, Map<String, String> environment, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("FERRY_"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    return new LauncherResult(process.waitFor(), out.lines().toList(), err);
  }

  @Test
  void launcherWorksThroughALinkAndInAPathWithSpaces() throws Exception {
    Path bin = Files.createDirectory(root.resolveSibling("bin"));
    Path first = Files.createSymbolicLink(bin.resolve("first"), Path.of("../ferry root/ferry"));
    Path link = Files.createSymbolicLink(bin.resolve("ferry"), first);
    LauncherResult ran = run(link, Map.of(), "cp", "a b", "");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.words())
        .contains("<-XX:AOTCache=" + root + "/.ferry/ferry.aot>", "<-Dferry.root=" + root + ">")
        .contains("<" + root + "/cli/target/ferry-cli-1.jar:" + root + "/cli/target/lib/other.jar>")
        .endsWith("<io.ferrynfs.cli.Ferry>", "<cp>", "<a b>", "<>");
  }

  @Test
  void onlyTheServerAndTheDemonstrationUseTheSecondCompiler() throws Exception {
    String firstOnly = "<-XX:TieredStopAtLevel=1>";
    for (String command : List.of("cp", "ls", "--version", "exports")) {
      assertThat(run(root.resolve("ferry"), Map.of(), command).words()).contains(firstOnly);
    }
    for (String command : List.of("serve", "demo")) {
      assertThat(run(root.resolve("ferry"), Map.of(), command).words()).doesNotContain(firstOnly);
    }
  }

  @Test
  void installedCopyIsNotCheckedForChangedSources() throws Exception {
    Path source = Files.createFile(root.resolve("New.java"));
    Files.setLastModifiedTime(source, FileTime.from(Instant.parse("2100-01-01T00:00:00Z")));
    assertThat(run(root.resolve("ferry"), Map.of(), "x").words()).endsWith("<x>");
  }

  @Test
  void ferryJavaHomeWithoutJdk25IsAnError() throws Exception {
    Path old = fakeJdk(root.resolve("old"), "21.0.1");
    for (Path home : List.of(old, root.resolve("none"))) {
      LauncherResult ran =
          run(root.resolve("ferry"), Map.of("FERRY_JAVA_HOME", home.toString()), "x");
      assertThat(ran.exit()).isEqualTo(69);
      assertThat(ran.words()).isEmpty();
      assertThat(ran.err())
          .isEqualTo(
              "ferry: FERRY_JAVA_HOME is "
                  + home
                  + ", which is no JDK 25; name one, or unset it\n");
    }
    Path other = fakeJdk(root.resolve("other jdk"), "25");
    assertThat(run(root.resolve("ferry"), Map.of("FERRY_JAVA_HOME", other.toString()), "x").words())
        .noneMatch(word -> word.contains("AOTCache"))
        .endsWith("<x>");
  }

  @Test
  void movedCopyDoesNotUseTheAotCache() throws Exception {
    Path moved = root.resolveSibling("moved");
    Files.move(root, moved);
    assertThat(run(moved.resolve("ferry"), Map.of(), "x").words())
        .noneMatch(word -> word.contains("AOTCache"))
        .endsWith("<x>");
  }

  @Test
  void aotCacheIsCreatedAgainAfterAChangeOfAJar() throws Exception {
    Path jar = root.resolve("cli/target/lib/other.jar");
    Instant later = Instant.now().plusSeconds(2);
    Files.setLastModifiedTime(jar, FileTime.from(later));
    Path cache = root.resolve(".ferry/ferry.aot");
    assertThat(run(root.resolve("ferry"), Map.of(), "x").words()).endsWith("<x>");
    assertThat(cache).hasContent("new");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    Files.writeString(cache, "kept");
    assertThat(run(root.resolve("ferry"), Map.of(), "x").words())
        .contains("<-XX:AOTCache=" + cache + ">")
        .endsWith("<x>");
    assertThat(cache).hasContent("kept");
  }

  @Test
  void builtCopyWritesNothing() throws Exception {
    for (Path directory : List.of(root.resolve(".ferry"), root)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("r-xr-xr-x"));
    }
    assertThat(run(root.resolve("ferry"), Map.of("HOME", "/nonexistent"), "x").words())
        .endsWith("<x>");
    for (Path directory : List.of(root, root.resolve(".ferry"))) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    assertThat(root.resolve(".ferry/lock")).doesNotExist();
  }
}
