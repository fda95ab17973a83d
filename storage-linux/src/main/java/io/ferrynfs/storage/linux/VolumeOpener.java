package io.ferrynfs.storage.linux;

import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.linux.Options.HandleMode;
import io.ferrynfs.storage.linux.call.Errno;
import io.ferrynfs.storage.linux.call.Flags;
import io.ferrynfs.storage.linux.call.LocalCalls;
import io.ferrynfs.storage.linux.call.OpenCalls;
import io.ferrynfs.storage.linux.handle.HandleIndex;
import io.ferrynfs.storage.linux.handle.Handles;
import io.ferrynfs.storage.linux.handle.IndexedHandles;
import io.ferrynfs.storage.linux.handle.KernelHandles;
import io.ferrynfs.storage.linux.handle.Node;
import io.ferrynfs.storage.linux.handle.StateDirectory;
import io.ferrynfs.storage.linux.tree.CallerPermissions;
import io.ferrynfs.storage.linux.tree.DescriptorBudget;
import io.ferrynfs.storage.linux.tree.Probe;
import io.ferrynfs.storage.linux.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The assembly of a {@link LinuxVolume}, with an error message for each missing requirement. */
final class VolumeOpener {
  private static final byte[] HERE = {'.'};

  private VolumeOpener() {}

  static LinuxVolume open(
      Path directory, Options options, DescriptorBudget descriptors, CallerPermissions permissions)
      throws IOException {
    byte[] path = pathBytes(directory.toRealPath());
    int root = OpenCalls.openat(Flags.AT_FDCWD, path, Flags.O_RDONLY | Flags.O_DIRECTORY, 0);
    if (root < 0) {
      throw new IOException(
          "cannot open the directory " + directory + ": " + LocalCalls.message(-root));
    }
    Handles handles = null;
    StateDirectory state = null;
    try {
      checkKernel(root);
      checkOutside(root, options.stateDirectory());
      state = StateDirectory.open(options.stateDirectory());
      checkOutside(root, state.path());
      Probe probe = Probe.of(root, permissions.enforced());
      handles = handles(root, state, options);
      Tree tree = new Tree(root, handles, permissions, probe, options, descriptors);
      return new LinuxVolume(state, root, tree, umask());
    } catch (IOException | RuntimeException | Error e) {
      abandon(root, handles, state);
      throw e;
    } catch (StorageException e) {
      abandon(root, handles, state);
      throw new IOException("cannot serve " + directory + ": " + e.getMessage(), e);
    }
  }

  private static void abandon(int root, @Nullable Handles handles, @Nullable StateDirectory state)
      throws IOException {
    OpenCalls.close(root);
    try {
      if (handles != null) {
        handles.close();
      }
    } catch (StorageException e) {
      throw new IOException(e);
    } finally {
      if (state != null) {
        state.close();
      }
    }
  }

  /**
   * Returns the bytes of a path from its URI, because a Java string may not represent all of them.
   */
  private static byte[] pathBytes(Path path) {
    String raw = path.toUri().getRawPath();
    byte[] bytes = new byte[raw.length()];
    int length = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        bytes[length++] = (byte) Integer.parseInt(raw, i + 1, i + 3, 16);
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }
    return Arrays.copyOf(bytes, length);
  }

  private static void checkKernel(int root) throws IOException {
    int fd = Node.openPath(root, HERE);
    if (fd == -Errno.ENOSYS || fd == -Errno.EPERM) {
      throw new IOException(
          "openat2 is missing (Linux before 5.6) or forbidden (an old container runtime's seccomp"
              + " filter); without it a directory cannot be served safely");
    }
    if (fd < 0) {
      throw new IOException("openat2 fails: " + LocalCalls.message(-fd));
    }
    int opened = OpenCalls.reopen(fd, Flags.O_PATH);
    OpenCalls.close(fd);
    if (opened < 0) {
      throw new IOException("/proc is not mounted");
    }
    OpenCalls.close(opened);
  }

  /** Checks that peers cannot read the state directory, because its key permits forging handles. */
  private static void checkOutside(int root, Path stateDirectory) throws IOException {
    Path top = Path.of("/proc/self/fd/" + root).toRealPath();
    if (existing(stateDirectory.toAbsolutePath()).toRealPath().startsWith(top)) {
      throw new IOException(
          "the state directory " + stateDirectory + " is inside the exported directory");
    }
  }

  /** Returns the path, or its nearest ancestor that exists, so that a refusal creates nothing. */
  private static Path existing(Path path) {
    Path parent = path.getParent();
    return parent == null || Files.exists(path) ? path : existing(parent);
  }

  private static Handles handles(int root, StateDirectory state, Options options)
      throws IOException, StorageException {
    if (options.handleMode() != HandleMode.INDEX) {
      try {
        return KernelHandles.open(root, state.seal());
      } catch (StorageException e) {
        if (options.handleMode() == HandleMode.KERNEL) {
          throw new IOException(
              "no kernel handles: "
                  + switch (e.status()) {
                    case PERMISSION -> "the process lacks CAP_DAC_READ_SEARCH";
                    case NOT_SUPPORTED -> "the filesystem has none";
                    default -> e.getMessage();
                  },
              e);
        }
      }
    }
    HandleIndex index = HandleIndex.open(state.path());
    try {
      return new IndexedHandles(root, state.seal(), index, options.searchEntriesMax());
    } catch (StorageException | RuntimeException | Error e) {
      index.close();
      throw e;
    }
  }

  /**
   * Reads the umask from /proc, because umask(2) can only be read by setting it, for the whole
   * process.
   */
  private static int umask() throws IOException {
    for (String line :
        Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1)) {
      if (line.startsWith("Umask:")) {
        return Integer.parseInt(line.substring("Umask:".length()).strip(), 8);
      }
    }
    return 0777;
  }
}
