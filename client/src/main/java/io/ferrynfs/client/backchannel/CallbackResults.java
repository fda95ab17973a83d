package io.ferrynfs.client.backchannel;

import io.ferrynfs.wire.nfs4.CbGetattr4Res;
import io.ferrynfs.wire.nfs4.CbIllegal4Res;
import io.ferrynfs.wire.nfs4.CbLayoutrecall4Res;
import io.ferrynfs.wire.nfs4.CbNotify4Res;
import io.ferrynfs.wire.nfs4.CbNotifyDeviceid4Res;
import io.ferrynfs.wire.nfs4.CbNotifyLock4Res;
import io.ferrynfs.wire.nfs4.CbOffload4Res;
import io.ferrynfs.wire.nfs4.CbPushDeleg4Res;
import io.ferrynfs.wire.nfs4.CbRecall4Res;
import io.ferrynfs.wire.nfs4.CbRecallAny4Res;
import io.ferrynfs.wire.nfs4.CbRecallSlot4Res;
import io.ferrynfs.wire.nfs4.CbRecallableObjAvail4Res;
import io.ferrynfs.wire.nfs4.CbSequence4Res;
import io.ferrynfs.wire.nfs4.CbWantsCancelled4Res;
import io.ferrynfs.wire.nfs4.NfsCbArgop4;
import io.ferrynfs.wire.nfs4.NfsCbResop4;
import io.ferrynfs.wire.nfs4.Nfsstat4;

/** Creates results of callback operations that consist of a status only. */
final class CallbackResults {

  private CallbackResults() {}

  static NfsCbResop4 of(NfsCbArgop4 operation, Nfsstat4 status) {
    return switch (operation) {
      case NfsCbArgop4.Getattr _ -> new NfsCbResop4.Getattr(new CbGetattr4Res.Failed(status));
      case NfsCbArgop4.Recall _ -> new NfsCbResop4.Recall(new CbRecall4Res(status));
      case NfsCbArgop4.Layoutrecall _ ->
          new NfsCbResop4.Layoutrecall(new CbLayoutrecall4Res(status));
      case NfsCbArgop4.Notify _ -> new NfsCbResop4.Notify(new CbNotify4Res(status));
      case NfsCbArgop4.PushDeleg _ -> new NfsCbResop4.PushDeleg(new CbPushDeleg4Res(status));
      case NfsCbArgop4.RecallAny _ -> new NfsCbResop4.RecallAny(new CbRecallAny4Res(status));
      case NfsCbArgop4.RecallableObjAvail _ ->
          new NfsCbResop4.RecallableObjAvail(new CbRecallableObjAvail4Res(status));
      case NfsCbArgop4.RecallSlot _ -> new NfsCbResop4.RecallSlot(new CbRecallSlot4Res(status));
      case NfsCbArgop4.Sequence _ -> new NfsCbResop4.Sequence(new CbSequence4Res.Failed(status));
      case NfsCbArgop4.WantsCancelled _ ->
          new NfsCbResop4.WantsCancelled(new CbWantsCancelled4Res(status));
      case NfsCbArgop4.NotifyLock _ -> new NfsCbResop4.NotifyLock(new CbNotifyLock4Res(status));
      case NfsCbArgop4.NotifyDeviceid _ ->
          new NfsCbResop4.NotifyDeviceid(new CbNotifyDeviceid4Res(status));
      case NfsCbArgop4.Offload _ -> new NfsCbResop4.Offload(new CbOffload4Res(status));
      case NfsCbArgop4.Illegal _ -> new NfsCbResop4.Illegal(new CbIllegal4Res(status));
      case NfsCbArgop4.Unknown _ -> new NfsCbResop4.Illegal(new CbIllegal4Res(status));
    };
  }
}
