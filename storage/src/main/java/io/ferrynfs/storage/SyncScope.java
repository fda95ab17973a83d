package io.ferrynfs.storage;

/** The part of a file that {@link OpenFile#sync} makes durable. */
public enum SyncScope {
  /** The data and those attributes that are needed to read it back: size and allocation. */
  DATA,
  /** The data and all attributes. */
  ALL
}
