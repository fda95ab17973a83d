package io.ferrynfs.server.status;

import io.ferrynfs.server.ClientRegistry;
import io.ferrynfs.server.DelegationLimits;
import io.ferrynfs.server.ServerLimits;
import io.ferrynfs.server.recovery.MemoryClientRegistry;
import io.ferrynfs.server.state.Stateids;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestConnection.CallReply;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.CreateMode;
import io.ferrynfs.storage.DeviceNumber;
import io.ferrynfs.storage.FileType;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.OpenAccess;
import io.ferrynfs.storage.OpenFile;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import io.ferrynfs.storage.XattrMode;
import io.ferrynfs.storage.XattrName;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.storage.testkit.faults.FaultPlan;
import io.ferrynfs.storage.testkit.faults.FaultyVolume;
import io.ferrynfs.wire.nfs4.ChannelAttrs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Opaque;
import io.ferrynfs.wire.xdr.XdrWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;

/**
 * A server over a volume that fails as planned, with an object of every type, a client that has a
 * file open, and another client that has it open, too. Both clients are the superuser.
 */
final class ErrorLab {
  static final ChannelAttrs4 FORE = RawClient.channel(1 << 20, 4096, 32, 4);

  final FaultPlan plan = new FaultPlan();
  final MemoryVolume memory =
      MemoryVolume.builder("data", InstantSource.system()).rootMode(0777).build();
  final Volume volume = new FaultyVolume(memory, plan);
  final TestServer server;
  final RawClient client;
  final Map<ObjectKind, NfsFh4> filehandles = new EnumMap<>(ObjectKind.class);

  /**
   * An open of {@link ObjectKind#FILE} by the client, upgraded once; the second stateid has the
   * newer seqid.
   */
  final Stateid4 openOld;

  final Stateid4 open;

  /** An open of the same file by another client. */
  final Stateid4 openOfAnother;

  ErrorLab() {
    this(FORE);
  }

  /** Creates a server and a client whose session has these attributes. */
  ErrorLab(ChannelAttrs4 fore) {
    server = instance(1, new MemoryClientRegistry());
    makeObjects();
    client = server.client("lab").mount();
    openOld = open(client, "owner", Ops.READ);
    open = open(client, "owner", Ops.BOTH);
    openOfAnother = open(server.client("another").mount(), "owner", Ops.BOTH);
    client.createSession(2, fore);
  }

  /** Creates a restarted server in its grace period, and a client without state. */
  private ErrorLab(ClientRegistry registry) {
    instance(1, registry).client("before").mount();
    server = instance(2, registry);
    makeObjects();
    client = server.client("lab").mount();
    openOld = Stateids.ANONYMOUS;
    open = Stateids.ANONYMOUS;
    openOfAnother = Stateids.ANONYMOUS;
  }

  static ErrorLab inGracePeriod() {
    return new ErrorLab(new MemoryClientRegistry());
  }

  private TestServer instance(int number, ClientRegistry registry) {
    SequencedMap<String, Volume> volumes = new LinkedHashMap<>();
    volumes.put("/", volume);
    ServerLimits limits = ServerLimits.builder().delegations(DelegationLimits.none()).build();
    return TestServer.instance(number, limits, volumes, registry);
  }

  private void makeObjects() {
    try {
      put(ObjectKind.FILE, file(volume.root(), "file"));
      put(ObjectKind.GONE, file(volume.root(), "gone"));
      volume.remove(Caller.SUPERUSER, volume.root(), Name.of("gone"), RemoveKind.ANY);
      AttributeChanges mode = AttributeChanges.ofMode(0755);
      Handle directory =
          volume
              .makeDirectory(Caller.SUPERUSER, volume.root(), Name.of("directory"), mode)
              .handle();
      put(ObjectKind.DIRECTORY, directory);
      file(directory, "file");
      put(
          ObjectKind.SYMLINK,
          volume
              .makeSymlink(
                  Caller.SUPERUSER,
                  volume.root(),
                  Name.of("symlink"),
                  "file".getBytes(StandardCharsets.UTF_8),
                  AttributeChanges.NONE)
              .handle());
      node(ObjectKind.FIFO, FileType.FIFO);
      node(ObjectKind.SOCKET, FileType.SOCKET);
      node(ObjectKind.BLOCK, FileType.BLOCK_DEVICE);
      node(ObjectKind.CHARACTER, FileType.CHARACTER_DEVICE);
      volume.setXattr(
          Caller.SUPERUSER,
          volume.lookup(Caller.SUPERUSER, volume.root(), Name.of("file")).handle(),
          XattrName.of("there"),
          new byte[] {1},
          XattrMode.EITHER);
    } catch (StorageException e) {
      throw new AssertionError(e);
    }
  }

  private void node(ObjectKind place, FileType type) throws StorageException {
    put(
        place,
        volume
            .makeNode(
                Caller.SUPERUSER,
                volume.root(),
                Name.of(place.name()),
                type,
                new DeviceNumber(1, 2),
                AttributeChanges.ofMode(0644))
            .handle());
  }

  private Handle file(Handle directory, String name) throws StorageException {
    var created =
        volume.create(
            Caller.SUPERUSER,
            directory,
            Name.of(name),
            CreateMode.unchecked(),
            AttributeChanges.ofMode(0644),
            OpenAccess.WRITE);
    try (OpenFile file = created.file()) {
      file.write(ByteBuffer.wrap(new byte[10_000]), 0);
    }
    return created.handle();
  }

  private void put(ObjectKind place, Handle handle) {
    filehandles.put(
        place, server.services().exports().current().everything().root().sibling(handle).wire());
  }

  private Stateid4 open(RawClient by, String owner, int access) {
    return Ops.stateid(
        by.call(Ops.putfh(filehandle(ObjectKind.FILE)), Ops.openCurrent(owner, access, Ops.NONE))
            .resarray());
  }

  NfsFh4 filehandle(ObjectKind place) {
    NfsFh4 filehandle = filehandles.get(place);
    if (filehandle == null) {
      throw new AssertionError("no object of kind " + place);
    }
    return filehandle;
  }

  /** Returns the operations that set the saved and the current filehandle. */
  List<NfsArgop4> at(ObjectKind saved, ObjectKind current) {
    List<NfsArgop4> operations = new ArrayList<>();
    if (saved != ObjectKind.NONE) {
      operations.add(Ops.putfh(filehandle(saved)));
      operations.add(Ops.savefh());
    }
    if (current != ObjectKind.NONE) {
      operations.add(Ops.putfh(filehandle(current)));
    }
    return operations;
  }

  /** Sends a COMPOUND whose operations the test encodes. */
  CallReply send(int minorVersion, int operations, Consumer<XdrWriter> body) {
    return client
        .connection()
        .send(
            RawClient.user(0),
            1,
            out -> {
              out.writeOpaque(Opaque.ofUtf8("tag"), 100);
              out.writeUint32(minorVersion);
              out.writeInt(operations);
              body.accept(out);
            });
  }

  /** Returns the number of open files of the volume. */
  int filesOpen() {
    return memory.openFileCount();
  }
}
