package io.ferrynfs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.cli.CommandLab.Result;
import io.ferrynfs.cli.base.ExitCode;
import io.ferrynfs.rpc.env.SystemEnv;
import io.ferrynfs.server.NfsServer;
import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.DirectoryEntry;
import io.ferrynfs.storage.DirectoryPage;
import io.ferrynfs.storage.EntrySink;
import io.ferrynfs.storage.Found;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.memory.MemoryVolume;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A malicious server, which lists arbitrary entries. */
class HostileServerTest {
  private static final byte[] EVIL = bytes("evil");
  private static final byte[] X = bytes("x");

  private Path folder;
  private Path outside;
  private SystemEnv env;
  private Volume volume;
  private NfsServer server;
  private String url;

  /** The entries of the directory {@code evil}, all with the name x. */
  private volatile List<Handle> listed = List.of();

  private volatile boolean linkWasRead;
  private volatile Handle evil;

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @BeforeEach
  void start(@TempDir Path temporary) throws Exception {
    folder = temporary;
    outside = Files.writeString(temporary.resolve("outside"), "kept");
    env = new SystemEnv();
    volume = MemoryVolume.builder("hostile", () -> java.time.Instant.EPOCH).build();
    Volume lying =
        (Volume)
            Proxy.newProxyInstance(
                Volume.class.getClassLoader(),
                new Class<?>[] {Volume.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("readDirectory") && arguments[1].equals(evil)) {
                    return list((long) arguments[2], (EntrySink) arguments[4]);
                  }
                  if (method.getName().equals("lookup") && arguments[1].equals(evil)) {
                    return found((Caller) arguments[0]);
                  }
                  if (method.getName().equals("readLink")) {
                    linkWasRead = true;
                  }
                  try {
                    return method.invoke(volume, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    server =
        NfsServer.builder(env)
            .listen(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .export("/", lying)
            .start();
    url = "nfs://127.0.0.1:" + server.localAddress().getPort();
    run("mkdir", url + "/evil");
    Files.writeString(folder.resolve("payload"), "written");
    run("cp", folder.resolve("payload").toString(), url + "/payload");
    Files.createSymbolicLink(folder.resolve("link"), outside);
    run("cp", "-r", folder.resolve("link").toString(), url + "/link");
    evil = volume.lookup(Caller.SUPERUSER, volume.root(), Name.of(EVIL)).handle();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    env.close();
  }

  private static void run(String... arguments) {
    assertThat(CommandLab.run(arguments).err()).isEmpty();
  }

  private Handle handle(String name) throws StorageException {
    return volume.lookup(Caller.SUPERUSER, volume.root(), Name.of(bytes(name))).handle();
  }

  private DirectoryPage list(long cookie, EntrySink sink) throws StorageException {
    Name name = Name.of(X);
    for (int i = (int) Math.max(0, cookie - 9); i < listed.size(); i++) {
      Handle handle = listed.get(i);
      int place = i;
      DirectoryEntry entry =
          new DirectoryEntry() {
            @Override
            public Name name() {
              return name;
            }

            @Override
            public long cookie() {
              return 10L + place;
            }

            @Override
            public long fileId() {
              return 77;
            }

            @Override
            public Handle handle() {
              return handle;
            }

            @Override
            public Attributes attributes() throws StorageException {
              return volume.attributes(Caller.SUPERUSER, handle);
            }
          };
      if (!sink.accept(entry)) {
        return new DirectoryPage(1, false);
      }
    }
    return new DirectoryPage(1, true);
  }

  /**
   * Returns the link until it was read, then the file, which a copy would write through the link.
   */
  private Found found(Caller caller) throws StorageException {
    Handle handle = linkWasRead || listed.size() == 1 ? listed.getLast() : listed.getFirst();
    return new Found(handle, volume.attributes(caller, handle));
  }

  @Test
  void nameListedAsLinkAndFileDoesNotRedirectTheCopy() throws Exception {
    listed = List.of(handle("link"), handle("payload"));
    Files.createDirectory(folder.resolve("there"));
    for (String target : List.of("new", "there")) {
      linkWasRead = false;
      Path copy = folder.resolve(target);
      Result result = CommandLab.run("cp", "-rT", url + "/evil", copy.toString());
      assertThat(result.exit()).as(target).isEqualTo(ExitCode.FAILED);
      assertThat(result.err())
          .isEqualTo(
              "ferry: "
                  + url
                  + "/evil/x: is listed twice in one directory; the first entry was copied\n");
      assertThat(Files.isSymbolicLink(copy.resolve("x"))).as(target).isTrue();
      assertThat(Files.readString(outside)).as(target).isEqualTo("kept");
    }
  }

  @Test
  void linkThatReplacesAFileDuringTheCopyDoesNotRedirectIt() throws Exception {
    linkWasRead = true;
    listed = List.of(handle("payload"), handle("link"));
    Path copy = folder.resolve("new");
    Result result = CommandLab.run("cp", "-r", url + "/evil", copy.toString());
    assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("is listed twice");
    assertThat(Files.readString(outside)).isEqualTo("kept");
    assertThat(Files.isSymbolicLink(copy.resolve("x"))).isFalse();
  }

  @Test
  void directoryThatContainsItselfIsVisitedOnce() throws Exception {
    listed = List.of(evil);
    for (String[] command :
        new String[][] {
          {"cp", "-r", url + "/evil", folder.resolve("new").toString()},
          {"ls", "-R", url + "/evil"},
          {"rm", "-r", url + "/evil"}
        }) {
      Result result = CommandLab.run(command);
      assertThat(result.exit()).as(command[0]).isEqualTo(ExitCode.FAILED);
      assertThat(result.err())
          .as(command[0])
          .isEqualTo(
              "ferry: "
                  + url
                  + "/evil/x: contains itself: it is one of its own parent directories\n");
    }
    assertThat(folder.resolve("new/x")).doesNotExist();
    assertThat(Files.exists(folder.resolve("new"), LinkOption.NOFOLLOW_LINKS)).isTrue();
  }
}
