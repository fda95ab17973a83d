package io.ferrynfs.rpc.auth;

import io.ferrynfs.wire.xdr.XdrWriter;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** The outcome of verifying a call. */
public sealed interface AuthVerdict {

  /**
   * The call goes to its program.
   *
   * @param protection of the call's reply
   */
  record Accepted(ReplyProtection protection) implements AuthVerdict {}

  /**
   * The mechanism answers the call itself, for example RPCSEC_GSS_INIT or the probe of AUTH_TLS.
   *
   * @param protection of the reply
   * @param results writes the results
   * @param afterwards runs on the connection's thread when the reply has been queued
   */
  record Answered(ReplyProtection protection, Consumer<XdrWriter> results, Runnable afterwards)
      implements AuthVerdict {}

  /**
   * The call is denied with AUTH_ERROR.
   *
   * @param authStat the reason (RFC 5531 section 9, RFC 2203 section 4)
   */
  record Rejected(int authStat) implements AuthVerdict {

    /** AUTH_BADCRED: the credential is malformed or of an unknown flavor. */
    public static final Rejected BADCRED = new Rejected(1);

    /** AUTH_BADVERF: the verifier is malformed or does not match. */
    public static final Rejected BADVERF = new Rejected(3);
  }

  /** The call gets no reply, for example below the sequence window (RFC 2203 section 5.3.3.1). */
  record Discarded() implements AuthVerdict {}

  /**
   * The verdict takes a while, for example because a context is established by a thread that may
   * block. The connection delivers other calls before it.
   *
   * @param verdict completes on any thread; a failure discards the call
   */
  record Deferred(CompletableFuture<AuthVerdict> verdict) implements AuthVerdict {}
}
