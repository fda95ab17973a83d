package io.ferrynfs.storage.testkit.faults;

import io.ferrynfs.storage.Attributes;
import io.ferrynfs.storage.DirectoryEntry;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.StorageException;

/** A directory entry of a {@link FaultyVolume}. Reading its handle or its attributes may fail. */
record FaultyEntry(DirectoryEntry entry, FaultPlan plan) implements DirectoryEntry {
  @Override
  public Name name() {
    return entry.name();
  }

  @Override
  public long cookie() {
    return entry.cookie();
  }

  @Override
  public long fileId() {
    return entry.fileId();
  }

  @Override
  public Handle handle() throws StorageException {
    plan.enter(Operation.ENTRY);
    return entry.handle();
  }

  @Override
  public Attributes attributes() throws StorageException {
    plan.enter(Operation.ENTRY);
    return entry.attributes();
  }
}
