package io.ferrynfs.rpc.testkit;

/** The faults of a simulated network, which decide the fate of each message when it is sent. */
@FunctionalInterface
public interface NetworkFaults {

  /** Delivers every message. */
  NetworkFaults NONE = message -> Fate.DELIVER;

  /** Returns the fate of a message. */
  Fate fate(SimMessage message);
}
