package io.ferrynfs.server.export;

import static io.ferrynfs.server.testing.Ops.BOTH;
import static io.ferrynfs.server.testing.Ops.NONE;
import static io.ferrynfs.server.testing.Ops.READ;
import static io.ferrynfs.server.testing.Ops.getattr;
import static io.ferrynfs.server.testing.Ops.getfh;
import static io.ferrynfs.server.testing.Ops.lookup;
import static io.ferrynfs.server.testing.Ops.open;
import static io.ferrynfs.server.testing.Ops.putfh;
import static io.ferrynfs.server.testing.Ops.putrootfh;
import static io.ferrynfs.server.testing.Ops.remove;
import static io.ferrynfs.server.testing.Ops.rename;
import static io.ferrynfs.server.testing.Ops.savefh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrynfs.rpc.auth.Credential;
import io.ferrynfs.server.CopySourcePolicy;
import io.ferrynfs.server.ExportDefinition;
import io.ferrynfs.server.ExportRule;
import io.ferrynfs.server.IpNetwork;
import io.ferrynfs.server.SecurityFlavor;
import io.ferrynfs.server.Squash;
import io.ferrynfs.server.testing.Ops;
import io.ferrynfs.server.testing.RawClient;
import io.ferrynfs.server.testing.TestServer;
import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.memory.MemoryVolume;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Compound4Res;
import io.ferrynfs.wire.nfs4.Entry4;
import io.ferrynfs.wire.nfs4.Lookup4Res;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Putfh4Res;
import io.ferrynfs.wire.nfs4.Readdir4Res;
import io.ferrynfs.wire.nfs4.Secinfo4;
import io.ferrynfs.wire.nfs4.Secinfo4Args;
import io.ferrynfs.wire.nfs4.Secinfo4Res;
import io.ferrynfs.wire.nfs4.SecinfoStyle4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.rpc.Rpc;
import io.ferrynfs.wire.xdr.Opaque;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** The exports of one server as clients of different networks see them. */
class ExportRulesTest {
  private static final InetSocketAddress OWN = address("10.0.0.1", 2049);
  private static final Verifier4 FIRST = new Verifier4(Opaque.of(new byte[8]));
  private static final List<SecurityFlavor> SYS = List.of(SecurityFlavor.SYS);

  private final TestServer server = TestServer.serving(exports());
  private final RawClient staff = client("10.1.1.1");
  private final RawClient guest = client("192.168.1.1");
  private final RawClient stranger = client("172.16.1.1");

  private static SequencedMap<String, ExportDefinition> exports() {
    SequencedMap<String, ExportDefinition> exports = new LinkedHashMap<>();
    MemoryVolume open = volume("open");
    try {
      open.makeDirectory(
          Caller.SUPERUSER, open.root(), Name.of("deep"), AttributeChanges.ofMode(0777));
    } catch (io.ferrynfs.storage.StorageException e) {
      throw new AssertionError(e);
    }
    exports.put("/open", new ExportDefinition(open, Squash.NONE));
    exports.put(
        "/inner/data",
        entry(
            "data",
            new ExportRule(networks("10.0.0.0/8"), false, Squash.NONE, SYS),
            new ExportRule(networks("192.168.0.0/16"), true, Squash.ROOT, ExportRule.ALL_FLAVORS)));
    exports.put(
        "/open/deep",
        entry("deep", new ExportRule(networks("10.0.0.0/8"), false, Squash.NONE, SYS)));
    return exports;
  }

  private static MemoryVolume volume(String name) {
    return MemoryVolume.builder(name, InstantSource.system()).rootMode(0777).build();
  }

  private static ExportDefinition entry(String name, ExportRule... rules) {
    return new ExportDefinition(volume(name), List.of(rules), CopySourcePolicy.ANYBODY);
  }

  private static List<IpNetwork> networks(String one) {
    return List.of(IpNetwork.parse(one));
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  private RawClient client(String host) {
    return server
        .client("client at " + host)
        .as(RawClient.user(1000))
        .onConnection(server.connect(OWN, address(host, 700)))
        .mount();
  }

  private static List<NfsResop4> results(Compound4Res reply) {
    return reply.resarray().subList(1, reply.resarray().size());
  }

  private static NfsResop4 last(Compound4Res reply) {
    return reply.resarray().getLast();
  }

  private static NfsResop4 lookupResult(Nfsstat4 status) {
    return new NfsResop4.Lookup(new Lookup4Res(status));
  }

  private static List<String> names(RawClient client, NfsArgop4... pathTo) {
    NfsArgop4[] all = java.util.Arrays.copyOf(pathTo, pathTo.length + 1);
    all[pathTo.length] = Ops.readdir(0, FIRST, 0, 4096, Attrs.FILEID);
    if (!(last(client.call(all)) instanceof NfsResop4.Readdir(Readdir4Res.Ok ok))) {
      throw new AssertionError("no listing");
    }
    List<String> names = new ArrayList<>();
    for (Entry4 entry : ok.value().reply().entries()) {
      names.add(new String(entry.name().toByteArray(), StandardCharsets.UTF_8));
    }
    return names;
  }

  private static NfsFh4 filehandle(RawClient client, String... path) {
    return Ops.filehandle(client.call(pathTo(path, getfh())).resarray());
  }

  private static NfsArgop4[] pathTo(String[] path, NfsArgop4... then) {
    List<NfsArgop4> operations = new ArrayList<>(List.of(putrootfh()));
    for (String name : path) {
      operations.add(lookup(name));
    }
    operations.addAll(List.of(then));
    return operations.toArray(NfsArgop4[]::new);
  }

  private static String[] path(String... names) {
    return names;
  }

  @Test
  void exportIsHiddenFromClientsWithoutAccess() {
    assertThat(last(staff.call(pathTo(path("inner", "data")))))
        .isEqualTo(lookupResult(Nfsstat4.NFS4_OK));
    assertThat(last(guest.call(pathTo(path("inner", "data")))))
        .isEqualTo(lookupResult(Nfsstat4.NFS4_OK));
    assertThat(last(stranger.call(pathTo(path("inner")))))
        .isEqualTo(lookupResult(Nfsstat4.NFS4ERR_NOENT));
    assertThat(names(staff, putrootfh())).containsExactlyInAnyOrder("open", "inner");
    assertThat(names(stranger, putrootfh())).containsExactly("open");
  }

  /** As with knfsd, whose clients treat it like a withdrawn export. */
  @Test
  void filehandleOfAnExportIsStaleForClientsWithoutAccess() {
    NfsFh4 data = filehandle(staff, "inner", "data");
    assertThat(last(guest.call(putfh(data), getattr(Attrs.TYPE))).getClass())
        .isEqualTo(NfsResop4.Getattr.class);
    assertThat(results(stranger.call(putfh(data), getattr(Attrs.TYPE))))
        .isEqualTo(List.of(new NfsResop4.Putfh(new Putfh4Res(Nfsstat4.NFS4ERR_STALE))));
  }

  // RFC 8881 section 15.1.9.2
  @Test
  void exportMayBeWritableForOneNetworkAndReadOnlyForAnother() {
    NfsArgop4 write = open("owner", "f", BOTH, NONE);
    assertThat(staff.call(pathTo(path("inner", "data"), write)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    NfsArgop4 read = Ops.openByName("owner", READ, NONE, "f");
    NfsArgop4[] changing = {write, Ops.openByName("owner", BOTH, NONE, "f"), remove("f")};
    for (NfsArgop4 change : changing) {
      assertThat(guest.call(pathTo(path("inner", "data"), change)).status())
          .isEqualTo(Nfsstat4.NFS4ERR_ROFS);
    }
    assertThat(guest.call(pathTo(path("inner", "data"), read)).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  // RFC 8881 sections 18.29.3, 18.45.3
  @Test
  void secinfoReturnsTheFlavorsOfTheExportForTheClient() {
    NfsArgop4 secinfo = new NfsArgop4.Secinfo(new Secinfo4Args(Opaque.ofUtf8("data")));
    assertThat(last(staff.call(pathTo(path("inner"), secinfo))))
        .isEqualTo(new NfsResop4.Secinfo(new Secinfo4Res.Ok(flavors(Rpc.AUTH_SYS))));
    assertThat(last(guest.call(pathTo(path("inner"), secinfo))))
        .isEqualTo(new NfsResop4.Secinfo(new Secinfo4Res.Ok(flavors(Rpc.AUTH_SYS, Rpc.AUTH_NONE))));
    NfsArgop4 noName = new NfsArgop4.SecinfoNoName(SecinfoStyle4.SECINFO_STYLE4_CURRENT_FH);
    staff.as(Credential.none());
    assertThat(last(staff.call(putfh(filehandleOfData()), noName)))
        .isEqualTo(new NfsResop4.SecinfoNoName(new Secinfo4Res.Ok(flavors(Rpc.AUTH_SYS))));
  }

  private NfsFh4 filehandleOfData() {
    return filehandle(guest, "inner", "data");
  }

  private static List<Secinfo4> flavors(long... numbers) {
    return java.util.Arrays.stream(numbers).<Secinfo4>mapToObj(Secinfo4.Other::new).toList();
  }

  // RFC 8881 section 2.6.3.1.1: a client that uses the wrong flavor
  @Test
  void wrongFlavorIsReportedByTheOperationThatMayReportIt() {
    NfsFh4 data = filehandle(staff, "inner", "data");
    NfsFh4 file = fileInData();
    staff.as(Credential.none());
    assertThat(wrongSecOperation(lookup("inner"), lookup("data"))).isEqualTo(NfsOpnum4.OP_LOOKUP);
    assertThat(wrongSecOperation(putfh(data), getattr(Attrs.TYPE))).isEqualTo(NfsOpnum4.OP_PUTFH);
    assertThat(wrongSecOperation(putfh(data), lookup("f"))).isEqualTo(NfsOpnum4.OP_LOOKUP);
    assertThat(wrongSecOperation(putfh(data), Ops.openByName("o", READ, NONE, "f")))
        .isEqualTo(NfsOpnum4.OP_OPEN);
    assertThat(wrongSecOperation(putfh(file), Ops.openCurrent("o", READ, NONE)))
        .isEqualTo(NfsOpnum4.OP_OPEN);
    assertThat(wrongSecOperation(putfh(data), savefh(), rename("f", "g")))
        .isEqualTo(NfsOpnum4.OP_RENAME);
    assertThat(staff.call(putfh(data)).status())
        .as("no operation follows")
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(staff.call(putfh(data), putrootfh(), getattr(Attrs.TYPE)).status())
        .as("another filehandle replaces it")
        .isEqualTo(Nfsstat4.NFS4_OK);
    assertThat(staff.call(putfh(data), new NfsArgop4.Lookupp()).status())
        .as("LOOKUPP leaves the export")
        .isEqualTo(Nfsstat4.NFS4_OK);
  }

  private NfsFh4 fileInData() {
    Compound4Res reply =
        staff.call(pathTo(path("inner", "data"), open("owner", "f", BOTH, NONE), getfh()));
    return Ops.filehandle(reply.resarray());
  }

  /** Returns the operation that failed with NFS4ERR_WRONGSEC. */
  private NfsOpnum4 wrongSecOperation(NfsArgop4... operations) {
    List<NfsArgop4> all = new ArrayList<>(List.of(putrootfh()));
    all.addAll(List.of(operations));
    Compound4Res reply = staff.call(all.toArray(NfsArgop4[]::new));
    assertThat(reply.status()).isEqualTo(Nfsstat4.NFS4ERR_WRONGSEC);
    return switch (last(reply)) {
      case NfsResop4.Lookup _ -> NfsOpnum4.OP_LOOKUP;
      case NfsResop4.Putfh _ -> NfsOpnum4.OP_PUTFH;
      case NfsResop4.Open _ -> NfsOpnum4.OP_OPEN;
      case NfsResop4.Rename _ -> NfsOpnum4.OP_RENAME;
      default -> NfsOpnum4.OP_ILLEGAL;
    };
  }

  // RFC 8881 sections 7.3, 5.8.1.9
  @Test
  void nestedExportIsMountedOnADirectoryOfTheOuterOne() throws Exception {
    ExportNamespace space =
        server.services().exports().current().seenFrom(address("10.1.1.1", 700));
    FileRef outer = space.lookup(space.root(), Name.of("open"), Caller.SUPERUSER);
    FileRef inner = space.lookup(outer, Name.of("deep"), Caller.SUPERUSER);
    assertThat(inner.export().path()).isEqualTo("/open/deep");
    assertThat(inner.export().fsid(0)).isNotEqualTo(outer.export().fsid(0));
    assertThat(space.parent(inner, Caller.SUPERUSER)).isEqualTo(outer);
    long covered =
        outer
            .volume()
            .lookup(Caller.SUPERUSER, outer.handle(), Name.of("deep"))
            .attributes()
            .fileId();
    assertThat(space.mountedOnFileid(inner, 2)).isEqualTo(covered);
    assertThat(names(staff, putrootfh(), lookup("open"))).containsExactly("deep");
  }

  @Test
  void clientWithoutAccessToTheNestedExportSeesTheCoveredDirectory() throws Exception {
    ExportNamespace space =
        server.services().exports().current().seenFrom(address("172.16.1.1", 700));
    FileRef outer = space.lookup(space.root(), Name.of("open"), Caller.SUPERUSER);
    FileRef inner = space.lookup(outer, Name.of("deep"), Caller.SUPERUSER);
    assertThat(inner.export().path()).isEqualTo("/open");
  }

  // RFC 8881 sections 18.25.4, 18.26.4
  @Test
  void mountPointCannotBeRemovedOrRenamed() {
    for (RawClient client : List.of(staff, stranger)) {
      assertThat(client.call(pathTo(path("open"), remove("deep"))).status())
          .isEqualTo(Nfsstat4.NFS4ERR_FILE_OPEN);
      assertThat(client.call(pathTo(path("open"), savefh(), rename("deep", "other"))).status())
          .isEqualTo(Nfsstat4.NFS4ERR_FILE_OPEN);
    }
  }

  // RFC 8881 section 18.26.3
  @Test
  void renameBetweenExportsReturnsXdev() {
    assertThat(staff.call(pathTo(path("open"), open("owner", "f", BOTH, NONE))).status())
        .isEqualTo(Nfsstat4.NFS4_OK);
    NfsArgop4[] move = pathTo(path("open"), savefh(), lookup("deep"), rename("f", "f"));
    assertThat(staff.call(move).status()).isEqualTo(Nfsstat4.NFS4ERR_XDEV);
  }

  @Test
  void nestedExportNeedsADirectoryAsItsMountPoint() {
    SequencedMap<String, ExportDefinition> exports = new LinkedHashMap<>();
    exports.put("/a", new ExportDefinition(volume("a"), Squash.NONE));
    exports.put("/a/b", new ExportDefinition(volume("b"), Squash.NONE));
    assertThatThrownBy(() -> new ExportTable(exports, server.env().clock().instant()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("/a/b is inside /a, which has no b to mount it on");
  }

  @Test
  void rootExportMayContainOtherExports() throws Exception {
    MemoryVolume top = volume("top");
    top.makeDirectory(Caller.SUPERUSER, top.root(), Name.of("x"), AttributeChanges.ofMode(0755));
    SequencedMap<String, ExportDefinition> exports = new LinkedHashMap<>();
    exports.put(
        "/",
        new ExportDefinition(
            top,
            List.of(
                new ExportRule(networks("10.0.0.0/8"), false, Squash.NONE, ExportRule.ALL_FLAVORS)),
            CopySourcePolicy.ANYBODY));
    exports.put("/x", new ExportDefinition(volume("x"), Squash.NONE));
    ExportTable table = new ExportTable(exports, server.env().clock().instant());
    ExportNamespace near = table.seenFrom(address("10.1.1.1", 700));
    ExportNamespace far = table.seenFrom(address("172.16.1.1", 700));
    assertThat(near.root().export().path()).isEqualTo("/");
    assertThat(far.root().export().isPseudo()).isTrue();
    for (ExportNamespace space : List.of(near, far)) {
      FileRef x = space.lookup(space.root(), Name.of("x"), Caller.SUPERUSER);
      assertThat(x.export().path()).isEqualTo("/x");
      assertThat(space.parent(x, Caller.SUPERUSER)).isEqualTo(space.root());
    }
  }
}
