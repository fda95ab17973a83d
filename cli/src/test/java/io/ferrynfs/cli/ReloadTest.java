package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reloads of a server's configuration file. */
class ReloadTest {
  private Path root;
  private Path file;
  private CommandLab lab;
  private String url;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    root = folder.toRealPath();
    file = root.resolve("ferry.toml");
    for (String name : new String[] {"films", "music"}) {
      Files.writeString(Files.createDirectory(root.resolve(name)).resolve("file"), name);
    }
    write("", export("films", "/films", ""));
    lab = new CommandLab(root);
    url = lab.serveFile(file);
  }

  @AfterEach
  void stop() throws IOException {
    lab.close();
  }

  private void write(String top, String... exports) throws IOException {
    String text =
        "listen = \"127.0.0.1:0\"\n"
            + "state = \"%s\"\n".formatted(root.resolve("state"))
            + "admin = \"%s\"\n".formatted(root.resolve("admin"))
            + top
            + String.join("", exports);
    Files.writeString(file, text);
  }

  private String export(String directory, String pseudoPath, String more) {
    return "[[export]]\npath = \"%s\"\npseudo-path = \"%s\"\n%s"
        .formatted(root.resolve(directory), pseudoPath, more);
  }

  private Result admin(String... arguments) {
    return CommandLab.run(
        Stream.concat(
                Stream.of("exports", "--admin", root.resolve("admin").toString()),
                Stream.concat(Stream.of(arguments), Stream.of(url)))
            .toArray(String[]::new));
  }

  private Result reloaded(String... lines) {
    return new Result(
        ExitCode.OK, String.join("\n", lines).replace("ROOT", root.toString()) + "\n", "");
  }

  private String cat(String path) {
    Result result = CommandLab.run("cat", url + path);
    return result.exit() == ExitCode.OK ? result.out() : "exit code " + result.exit();
  }

  @Test
  void reloadAddsAndRemovesExports() throws IOException {
    assertThat(cat("/films/file")).isEqualTo("films");
    write("", export("music", "/music", ""), export("films", "/all/films", ""));
    assertThat(admin("--reload"))
        .isEqualTo(
            reloaded("added /music (ROOT/music)", "moved /films to /all/films (ROOT/films)"));
    assertThat(cat("/music/file") + cat("/all/films/file")).isEqualTo("musicfilms");
    assertThat(cat("/films/file")).isEqualTo("exit code 1");
    write("", export("music", "/music", "access = \"ro\"\n"));
    assertThat(admin("--reload"))
        .isEqualTo(reloaded("removed /all/films (ROOT/films)", "changed /music (ROOT/music)"));
    assertThat(cat("/music/file")).isEqualTo("music");
    assertThat(cat("/all/films/file")).isEqualTo("exit code 1");
    assertThat(admin("--reload")).isEqualTo(reloaded("no export has changed"));
    assertThat(admin().out()).contains("/music").contains("  ro  ").doesNotContain("films");
  }

  @Test
  void removedExportIsClosedAndMayBeAddedAgain() throws IOException {
    write("", export("music", "/music", ""));
    assertThat(admin("--reload").exit()).isEqualTo(ExitCode.OK);
    write("", export("music", "/music", ""), export("films", "/films", ""));
    assertThat(admin("--reload")).isEqualTo(reloaded("added /films (ROOT/films)"));
    assertThat(cat("/films/file")).isEqualTo("films");
  }

  @Test
  void fileWithAnErrorChangesNothingAndReportsThePosition() throws IOException {
    write("", export("films", "/films", "acess = \"ro\"\n"));
    expectNothingChanged(":7:1: acess: no such key; is access meant?");
    write("", export("films", "/films", ""), export("nowhere", "/nowhere", ""));
    expectNothingChanged(
        ":8:1: path: %s: no such file or directory".formatted(root.resolve("nowhere")));
    write("", export("films", "/films", ""), export("music", "/films/music", ""));
    expectNothingChanged(
        ":9:1: pseudo-path: /films/music is inside /films, which has no music to mount it on");
    write("", export("films", "/films", ""), export("films", "/again", ""));
    expectNothingChanged(":9:1: pseudo-path: one volume is exported twice: /again");
    Files.delete(file);
    assertThat(admin("--reload").err())
        .isEqualTo(
            "ferry: nothing was changed\nthe file cannot be read: no such file or directory\n");
  }

  private void expectNothingChanged(String why) {
    assertThat(admin("--reload"))
        .isEqualTo(
            new Result(ExitCode.FAILED, "", "ferry: nothing was changed\n" + file + why + "\n"));
    assertThat(cat("/films/file")).isEqualTo("films");
  }

  @Test
  void otherOptionsTakeEffectAtTheNextStart() throws IOException {
    write("lease = 30\ncopy-rate = 5\n", export("films", "/films", ""));
    assertThat(admin("--reload"))
        .isEqualTo(
            reloaded(
                "no export has changed",
                "lease: takes effect at the next start of the server",
                "copy-rate: takes effect at the next start of the server"));
  }

  @Test
  void reloadWithoutAConfigFileFails(@TempDir Path other) throws IOException {
    try (CommandLab second = new CommandLab(other)) {
      String plain = second.serve("export");
      assertThat(
              CommandLab.run(
                  "exports", "--reload", "--admin", other.resolve("admin").toString(), plain))
          .isEqualTo(
              new Result(
                  ExitCode.FAILED,
                  "",
                  """
                  ferry: nothing was changed
                  this server was started without --config, so there is no file to reload
                  """));
    }
  }
}
