package ferry.storage.faults;

import ferry.storage.Attributes;
import ferry.storage.DirectoryEntry;
import ferry.storage.Handle;
import ferry.storage.Name;
import ferry.storage.StorageException;

/** An entry of a directory of a {@link FaultyVolume}: its name is there, its object may not be. */
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
