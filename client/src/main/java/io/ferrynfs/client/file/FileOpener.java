package io.ferrynfs.client.file;

import io.ferrynfs.client.session.CallException;
import io.ferrynfs.client.session.Compound;
import io.ferrynfs.client.session.Results;
import io.ferrynfs.client.session.ServerSession;
import io.ferrynfs.wire.attr.AttrValues;
import io.ferrynfs.wire.attr.Attrs;
import io.ferrynfs.wire.nfs4.Createhow4;
import io.ferrynfs.wire.nfs4.Creatverfattr;
import io.ferrynfs.wire.nfs4.Fattr4;
import io.ferrynfs.wire.nfs4.Nfs4;
import io.ferrynfs.wire.nfs4.NfsArgop4;
import io.ferrynfs.wire.nfs4.NfsFh4;
import io.ferrynfs.wire.nfs4.NfsOpnum4;
import io.ferrynfs.wire.nfs4.NfsResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;
import io.ferrynfs.wire.nfs4.Open4Args;
import io.ferrynfs.wire.nfs4.Open4Res;
import io.ferrynfs.wire.nfs4.Open4Resok;
import io.ferrynfs.wire.nfs4.OpenClaim4;
import io.ferrynfs.wire.nfs4.Openflag4;
import io.ferrynfs.wire.nfs4.Settime4;
import io.ferrynfs.wire.nfs4.StateOwner4;
import io.ferrynfs.wire.nfs4.Verifier4;
import io.ferrynfs.wire.xdr.Opaque;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** OPEN by name (RFC 8881 section 18.16). */
public final class FileOpener {

  /** Random bytes for verifiers. */
  @FunctionalInterface
  public interface Randomness {
    byte[] bytes(int count);
  }

  private static final int VERIFIER_BYTES = 8;

  private final RemoteFiles files;
  private final Randomness randomness;
  private final AtomicLong owners;

  FileOpener(RemoteFiles files, Randomness randomness, AtomicLong owners) {
    this.files = files;
    this.randomness = randomness;
    this.owners = owners;
  }

  /**
   * Other operations in the COMPOUND of an OPEN.
   *
   * @param before the walk to the directory
   * @param after OPEN, GETFH and GETATTR; the stateid of the OPEN is the current one there (RFC RFC
   *     8881 section 16.2.3.1.2)
   * @param longRunning whether the server may take longer than usual for it
   */
  public record Along(List<NfsArgop4> before, List<NfsArgop4> after, boolean longRunning) {
    static final Along NOTHING = new Along(List.of(), List.of(), false);
  }

  /**
   * The result of an OPEN with other operations.
   *
   * @param file the open file; null if an operation before OPEN failed
   * @param results the results of the whole COMPOUND
   * @param at the index of the first of {@link Along#after}
   */
  public record Opened(@Nullable RemoteOpenFile file, Results results, int at) {}

  CompletableFuture<RemoteOpenFile> open(List<Opaque> names, RemoteFiles.How how) {
    return open(names, how, Along.NOTHING)
        .thenApply(opened -> Objects.requireNonNull(opened.file()));
  }

  CompletableFuture<Opened> open(List<Opaque> names, RemoteFiles.How how, Along along) {
    if (!how.mayDelegate()) {
      return ask(names, how, along);
    }
    files.delegations().opens();
    return ask(names, how, along).whenComplete((opened, failure) -> files.delegations().opened());
  }

  private CompletableFuture<Opened> ask(List<Opaque> names, RemoteFiles.How how, Along along) {
    if (names.isEmpty()) {
      return CompletableFuture.failedFuture(
          CallException.status(NfsOpnum4.OP_OPEN, Nfsstat4.NFS4ERR_ISDIR));
    }
    StateOwner4 owner = nextOwner();
    long access =
        how.access()
            | (how.mayDelegate()
                ? Nfs4.OPEN4_SHARE_ACCESS_WANT_READ_DELEG
                : Nfs4.OPEN4_SHARE_ACCESS_WANT_NO_DELEG);
    Open4Args args =
        new Open4Args(
            0,
            access,
            Nfs4.OPEN4_SHARE_DENY_NONE,
            owner,
            flag(how),
            new OpenClaim4.Null(names.getLast()));
    ReadDelegations.Look look = files.delegations().look();
    return files
        .walk()
        .to(RemoteFiles.directory(names), along.before().size() + along.after().size())
        .thenCompose(to -> {
          Compound.Builder compound =
              Compound.of().addAll(along.before()).addAll(to).once(new NfsArgop4.Open(args));
          int at = compound.next();
          compound
              .add(CompoundOps.getHandle())
              .add(CompoundOps.getAttributes(FileAttributes.WANTED_BY_GETATTR))
              .addAll(along.after());
          if (along.longRunning()) {
            compound.longRunning();
          }
          return session()
              .attempt(compound.build())
              .thenCompose(results ->
                  results.failedIndex() < along.before().size()
                      ? CompletableFuture.completedFuture(new Opened(null, results, at + 2))
                      : opened(names, how, args, results, at, look)
                          .thenApply(file -> new Opened(file, results, at + 2)));
        });
  }

  /** Opens for reading, by filehandle, a file that another client of the same server has open. */
  CompletableFuture<RemoteOpenFile> again(RemoteOpenFile other) {
    Open4Args args =
        new Open4Args(
            0,
            Nfs4.OPEN4_SHARE_ACCESS_READ | Nfs4.OPEN4_SHARE_ACCESS_WANT_NO_DELEG,
            Nfs4.OPEN4_SHARE_DENY_NONE,
            nextOwner(),
            new Openflag4.Nocreate(),
            new OpenClaim4.Fh());
    return session()
        .call(Compound.of(CompoundOps.put(other.handle())).once(new NfsArgop4.Open(args)).build())
        .thenApply(results ->
            Futures.get(() -> {
              if (!(results.at(1, NfsResop4.Open.class).res()
                  instanceof Open4Res.Ok(Open4Resok ok))) {
                throw results.failure();
              }
              RemoteOpenFile file =
                  new RemoteOpenFile(
                      files,
                      other.handle(),
                      args.owner(),
                      args.shareAccess(),
                      ok.stateid(),
                      other.attributesAtOpen());
              files.opens().add(file);
              files.opens().answered(file, ok.delegation());
              return file;
            }));
  }

  private StateOwner4 nextOwner() {
    return new StateOwner4(
        0, Opaque.of(ByteBuffer.allocate(Long.BYTES).putLong(0, owners.incrementAndGet())));
  }

  private ServerSession session() {
    return files.session();
  }

  private CompletableFuture<RemoteOpenFile> opened(
      List<Opaque> names,
      RemoteFiles.How how,
      Open4Args args,
      Results results,
      int handleAt,
      ReadDelegations.Look look) {
    return Futures.compose(() -> {
      int openAt = handleAt - 1;
      if (!results.ok(openAt)
          || !(results.at(openAt, NfsResop4.Open.class).res()
              instanceof Open4Res.Ok(Open4Resok ok))) {
        throw results.failure();
      }
      if (!results.ok(handleAt)) {
        throw results.failure();
      }
      NfsFh4 handle = PathWalk.handle(results, handleAt);
      CompletableFuture<FileAttributes> attributes =
          results.ok(handleAt + 1)
              ? CompletableFuture.completedFuture(FileAttributes.at(results, handleAt + 1))
              : files.attributes(names);
      return attributes.thenCompose(known -> {
        CompletableFuture<RemoteOpenFile> made = made(handle, how, args, ok, known);
        files.delegations().learned(handle, look, known);
        return made;
      });
    });
  }

  private CompletableFuture<RemoteOpenFile> made(
      NfsFh4 handle,
      RemoteFiles.How how,
      Open4Args args,
      Open4Resok ok,
      FileAttributes attributes) {
    RemoteOpenFile file =
        new RemoteOpenFile(
            files, handle, args.owner(), args.shareAccess(), ok.stateid(), attributes);
    files.opens().add(file);
    if (how.writes()) {
      files.delegations().written(handle);
    }
    files.opens().answered(file, ok.delegation());
    AttrValues still = stillToSet(how, args, ok, attributes);
    if (still.isEmpty()) {
      return CompletableFuture.completedFuture(file);
    }
    return Futures.recover(
        file.setAttributes(still.encode()).thenApply(done -> file),
        failure -> file.close().thenCompose(done -> CompletableFuture.failedFuture(failure)));
  }

  /**
   * Returns the attributes that OPEN cannot set: the size of an existing file, and the times of a
   * new one.
   */
  private static AttrValues stillToSet(
      RemoteFiles.How how, Open4Args args, Open4Resok ok, FileAttributes attributes) {
    AttrValues.Builder still = AttrValues.builder();
    // A creation with size 0 has truncated an existing file.
    if (how.truncate()
        && how.create() == RemoteFiles.How.Create.NEVER
        && !Long.valueOf(0).equals(attributes.get(Attrs.SIZE))) {
      still.put(Attrs.SIZE, 0L);
    }
    // RFC 8881 section 18.16.3: attrset names the attributes that hold the verifier.
    if (args.openhow() instanceof Openflag4.Create(Createhow4.Exclusive41 _)) {
      if (ok.attrset().has(Attrs.TIME_ACCESS.number())
          || ok.attrset().has(Attrs.TIME_ACCESS_SET.number())) {
        still.put(Attrs.TIME_ACCESS_SET, new Settime4.ServerTime4());
      }
      if (ok.attrset().has(Attrs.TIME_MODIFY.number())
          || ok.attrset().has(Attrs.TIME_MODIFY_SET.number())) {
        still.put(Attrs.TIME_MODIFY_SET, new Settime4.ServerTime4());
      }
    }
    return still.build();
  }

  private Openflag4 flag(RemoteFiles.How how) {
    AttrValues.Builder mode = AttrValues.builder().put(Attrs.MODE, (long) how.mode());
    return switch (how.create()) {
      case NEVER -> new Openflag4.Nocreate();
      case IF_MISSING ->
          new Openflag4.Create(
              new Createhow4.Unchecked4(
                  (how.truncate() ? mode.put(Attrs.SIZE, 0L) : mode).build().encode()));
      case NEW -> new Openflag4.Create(guarded(mode.build().encode()));
    };
  }

  /**
   * Returns a creation that a retry does not repeat even after the loss of the session: by the
   * verifier, or by a persistent reply cache (RFC 8881 section 18.16.3, table 10).
   */
  private Createhow4 guarded(Fattr4 attributes) {
    if (session().persistent() || !files.limits().exclusiveAttributes().has(Attrs.MODE.number())) {
      return new Createhow4.Guarded4(attributes);
    }
    Verifier4 verifier = new Verifier4(Opaque.of(randomness.bytes(VERIFIER_BYTES)));
    return new Createhow4.Exclusive41(new Creatverfattr(verifier, attributes));
  }
}
