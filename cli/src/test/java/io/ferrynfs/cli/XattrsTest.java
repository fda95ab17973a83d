package io.ferrynfs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ExitCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extended attributes of {@code ferry cp} and {@code ferry stat}. */
class XattrsTest {
  private static final Map<String, String> TREE =
      Map.of("", "kind=tree", "/file", "colour=blue;empty=", "/locked", "colour=red", "/plain", "");

  private CommandLab lab;
  private String server;
  private Path tree;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    lab = new CommandLab(folder);
    server = lab.serve("a");
    tree = Files.createDirectory(lab.path("tree"));
    set(tree, "kind", "tree");
    for (String name : new String[] {"file", "locked", "plain"}) {
      Files.writeString(tree.resolve(name), name);
    }
    set(tree.resolve("file"), "colour", "blue");
    set(tree.resolve("file"), "empty", "");
    set(tree.resolve("locked"), "colour", "red");
    Files.setAttribute(tree.resolve("locked"), "unix:mode", 0440);
  }

  @AfterEach
  void stop() throws IOException {
    lab.close();
  }

  private static UserDefinedFileAttributeView view(Path path) {
    return Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
  }

  private static void set(Path path, String name, String value) throws IOException {
    view(path).write(name, ByteBuffer.wrap(value.getBytes(UTF_8)));
  }

  /** Returns the extended attributes of the files of a tree. */
  private static Map<String, String> xattrs(Path top) throws IOException {
    Map<String, String> all = new TreeMap<>();
    for (String name : TREE.keySet()) {
      Path path = Path.of(top + name);
      Map<String, String> values = new TreeMap<>();
      for (String key : view(path).list()) {
        ByteBuffer value = ByteBuffer.allocate(view(path).size(key));
        view(path).read(key, value);
        values.put(key, new String(value.array(), UTF_8));
      }
      all.put(
          name,
          String.join(
              ";", values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList()));
    }
    return all;
  }

  private static void copy(String from, String to) {
    Result result = CommandLab.run("cp", "-r", from, to);
    assertThat(result.err()).isEmpty();
    assertThat(result.exit()).isEqualTo(ExitCode.OK);
  }

  @Test
  void everyMethodPreservesExtendedAttributes() throws IOException {
    String other = lab.serve("b");
    copy(tree.toString(), server + "/sent");
    copy(server + "/sent", server + "/offloaded");
    copy(server + "/sent", other + "/across");
    copy(other + "/across", lab.path("fetched").toString());
    copy(tree.toString(), lab.path("local").toString());
    for (String name : new String[] {"a/sent", "a/offloaded", "b/across", "fetched", "local"}) {
      assertThat(xattrs(lab.path(name))).as(name).isEqualTo(new TreeMap<>(TREE));
      assertThat(Files.getAttribute(lab.path(name).resolve("locked"), "unix:mode"))
          .as(name)
          .isEqualTo(0100440);
    }
  }

  @Test
  void noPreserveOmitsExtendedAttributes() throws IOException {
    assertThat(CommandLab.run("cp", "--no-preserve", tree + "/file", server + "/file").exit())
        .isEqualTo(ExitCode.OK);
    assertThat(view(lab.path("a/file")).list()).isEmpty();
  }

  @Test
  void statShowsExtendedAttributes() throws IOException {
    copy(tree + "/file", server + "/file");
    view(lab.path("a/file")).write("raw", ByteBuffer.wrap(new byte[] {0, -1}));
    assertThat(CommandLab.run("stat", server + "/file").out())
        .contains("  xattr     colour = blue\n  xattr     empty = \n  xattr     raw = 0x00ff\n");
    assertThat(CommandLab.run("stat", "--json", server + "/file").out())
        .contains("\"xattrs\":{\"colour\":\"Ymx1ZQ==\",\"empty\":\"\",\"raw\":\"AP8=\"}");
  }
}
