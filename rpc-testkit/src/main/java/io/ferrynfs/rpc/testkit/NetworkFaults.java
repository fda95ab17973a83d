package io.ferrynfs.rpc.testkit;

/** Decides the fate of each message when it is sent. */
@FunctionalInterface
public interface NetworkFaults {

  /** Everything arrives. */
  NetworkFaults NONE = message -> Fate.DELIVER;

  /** The fate of this message. */
  Fate fate(SimMessage message);
}
