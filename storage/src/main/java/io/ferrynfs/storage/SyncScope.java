package io.ferrynfs.storage;

/** What {@link OpenFile#sync} makes durable. */
public enum SyncScope {
  /** The data, and of the attributes what is needed to read it back: size and allocation. */
  DATA,
  /** The data and all attributes. */
  ALL
}
