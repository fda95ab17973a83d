package io.ferrynfs.client;

import static io.ferrynfs.client.testing.CopyLab.fh;
import static io.ferrynfs.client.testing.CopyLab.openStateid;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrynfs.client.NfsException.Reason;
import io.ferrynfs.client.file.CompoundOps;
import io.ferrynfs.client.testing.CopyLab;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Fattr4Acl;
import io.ferrynfs.wire.nfs4.Getattr4Args;
import io.ferrynfs.wire.nfs4.Getattr4Res;
import io.ferrynfs.wire.nfs4.Getattr4Resok;
import io.ferrynfs.wire.nfs4.IoAdvise4Args;
import io.ferrynfs.wire.nfs4.IoAdvise4Res;
import io.ferrynfs.wire.nfs4.IoAdvise4Resok;
import io.ferrynfs.wire.nfs4.IoAdviseType4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsace4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Setattr4Args;
import io.ferrynfs.wire.nfs4.Setattr4Res;
import io.ferrynfs.wire.nfs4.Stateid4;
import io.ferrynfs.wire.xdr.Bitmap4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Requests and results of access control lists and IO_ADVISE. */
class AclAndAdviceTest {
  private static final NfsPath PATH = NfsPath.of("/a");

  private static final List<AclEntry> ENTRIES =
      List.of(
          entry(
              AclEntryType.ALLOW,
              new NfsUser("OWNER@"),
              Set.of(AclEntryPermission.READ_DATA, AclEntryPermission.WRITE_DATA),
              Set.of()),
          entry(
              AclEntryType.DENY,
              new NfsGroup("staff@example.net"),
              Set.of(AclEntryPermission.EXECUTE),
              Set.of(AclEntryFlag.FILE_INHERIT, AclEntryFlag.DIRECTORY_INHERIT)),
          entry(
              AclEntryType.ALLOW,
              NfsGroup.OWNING,
              Set.of(AclEntryPermission.READ_ACL),
              Set.of(AclEntryFlag.INHERIT_ONLY)),
          entry(
              AclEntryType.AUDIT,
              new NfsUser("EVERYONE@"),
              Set.of(AclEntryPermission.values()),
              Set.of(AclEntryFlag.NO_PROPAGATE_INHERIT)));

  /** RFC 8881 section 6.2.1: the same entries as numbers */
  private static final Fattr4Acl ACL =
      new Fattr4Acl(
          List.of(
              new Nfsace4(0, 0, 0x3, Opaque.ofUtf8("OWNER@")),
              new Nfsace4(1, 0x43, 0x20, Opaque.ofUtf8("staff@example.net")),
              new Nfsace4(0, 0x8, 0x20000, Opaque.ofUtf8("GROUP@")),
              new Nfsace4(2, 0x4, 0x1f01ff, Opaque.ofUtf8("EVERYONE@"))));

  private final CopyLab lab = new CopyLab(1000);
  private Nfsstat4 setting = Nfsstat4.NFS4_OK;
  private boolean hasAcl = true;
  private IoAdvise4Res advising = new IoAdvise4Res.Ok(new IoAdvise4Resok(Bitmap4.EMPTY));

  AclAndAdviceTest() throws Exception {
    var usual = lab.server.script;
    lab.server.script =
        operation ->
            operation instanceof NfsArgop4.Getattr(Getattr4Args(var wanted))
                    && wanted.has(Attrs.ACL.number())
                ? attributes(hasAcl ? acl(ACL) : AttrValues.builder().build().encode())
                : usual.apply(operation);
    lab.others = this::answer;
  }

  private static AclEntry entry(
      AclEntryType type,
      java.nio.file.attribute.UserPrincipal who,
      Set<AclEntryPermission> permissions,
      Set<AclEntryFlag> flags) {
    return AclEntry.newBuilder()
        .setType(type)
        .setPrincipal(who)
        .setPermissions(permissions)
        .setFlags(flags)
        .build();
  }

  private static Fattr4 acl(Fattr4Acl acl) {
    return AttrValues.builder().put(Attrs.ACL, acl).build().encode();
  }

  private static NfsResop4 attributes(Fattr4 values) {
    return new NfsResop4.Getattr(new Getattr4Res.Ok(new Getattr4Resok(values)));
  }

  private @Nullable NfsResop4 answer(NfsArgop4 operation) {
    return switch (operation) {
      case NfsArgop4.Setattr _ -> new NfsResop4.Setattr(new Setattr4Res(setting, Bitmap4.EMPTY));
      case NfsArgop4.IoAdvise _ -> new NfsResop4.IoAdvise(advising);
      default -> null;
    };
  }

  @Test
  void aclIsSetWithoutAnOpen() throws Exception { // RFC 8881 sections 6.2.1, 18.30
    lab.await(lab.client.setAclAsync(PATH, ENTRIES));
    assertThat(lab.sent(NfsOpnum4.OP_SETATTR))
        .containsExactly(new NfsArgop4.Setattr(new Setattr4Args(CompoundOps.ANONYMOUS, acl(ACL))));
    assertThat(lab.sent(NfsOpnum4.OP_LOOKUP))
        .containsExactly(CompoundOps.lookup(Opaque.ofUtf8("a")));
    assertThat(lab.sent(NfsOpnum4.OP_OPEN)).isEmpty();
  }

  @Test
  void aclIsReadBackUnchanged() throws Exception { // RFC 8881 section 6.2.1
    assertThat(lab.await(lab.client.aclAsync(PATH))).isEqualTo(ENTRIES);
  }

  @Test
  void serverWithoutAclsFailsAsUnsupported() { // RFC 8881 sections 5.6, 6.2.1
    setting = Nfsstat4.NFS4ERR_ATTRNOTSUPP;
    hasAcl = false;
    assertThat(lab.failureOf(lab.client.setAclAsync(PATH, ENTRIES)).reason())
        .isEqualTo(Reason.UNSUPPORTED);
    assertThat(lab.failureOf(lab.client.aclAsync(PATH)).reason()).isEqualTo(Reason.UNSUPPORTED);
  }

  @Test
  void adviceUsesTheOpenStateidAndReturnsTheAcceptedHints() throws Exception {
    // RFC 7862 section 15.5
    advising =
        new IoAdvise4Res.Ok(
            new IoAdvise4Resok(
                Bitmap4.of(
                    IoAdviseType4.IO_ADVISE4_WILLNEED.value(),
                    IoAdviseType4.IO_ADVISE4_NOREUSE.value(),
                    31)));
    Set<NfsAdvice> followed =
        lab.await(lab.a.adviseAsync(100, 200, NfsAdvice.WILL_NEED, NfsAdvice.SEQUENTIAL));
    Stateid4 open = CompoundOps.forData(openStateid(1));
    assertThat(lab.requests())
        .containsExactly(
            List.of(
                CompoundOps.put(fh("/a")),
                new NfsArgop4.IoAdvise(
                    new IoAdvise4Args(
                        open,
                        100,
                        200,
                        Bitmap4.of(
                            IoAdviseType4.IO_ADVISE4_WILLNEED.value(),
                            IoAdviseType4.IO_ADVISE4_SEQUENTIAL.value())))));
    assertThat(followed).containsExactlyInAnyOrder(NfsAdvice.WILL_NEED, NfsAdvice.NO_REUSE);
  }

  @Test
  void everyAdviceHasItsHintBit() throws Exception { // RFC 7862 section 15.5.1
    for (NfsAdvice one : NfsAdvice.values()) {
      lab.forget();
      IoAdviseType4 bit = bit(one);
      advising = new IoAdvise4Res.Ok(new IoAdvise4Resok(Bitmap4.of(bit.value())));
      assertThat(lab.await(lab.a.adviseAsync(0, 0, one))).containsExactly(one);
      assertThat(((NfsArgop4.IoAdvise) lab.sent(NfsOpnum4.OP_IO_ADVISE).getFirst()).args().hints())
          .isEqualTo(Bitmap4.of(bit.value()));
    }
  }

  private static IoAdviseType4 bit(NfsAdvice advice) {
    return IoAdviseType4.valueOf(
        "IO_ADVISE4_"
            + advice
                .name()
                .replace("WILL_NEED", "WILLNEED")
                .replace("DONT_", "DONT")
                .replace("NO_REUSE", "NOREUSE"));
  }

  @Test
  void failedAdviceDoesNotAffectTheFile() throws Exception { // RFC 7862 section 15.5.2
    advising = new IoAdvise4Res.Failed(Nfsstat4.NFS4ERR_NOTSUPP);
    assertThat(lab.failureOf(lab.a.adviseAsync(0, 0, NfsAdvice.RANDOM)).reason())
        .isEqualTo(Reason.UNSUPPORTED);
    assertThat(lab.await(lab.a.readAsync(java.nio.ByteBuffer.allocate(10), 0))).isEqualTo(10);
  }
}
