package com.example.volume;

import io.ferrynfs.storage.AttributeChanges;
import io.ferrynfs.storage.Caller;
import io.ferrynfs.storage.ChangeInfo;
import io.ferrynfs.storage.ForwardingVolume;
import io.ferrynfs.storage.Handle;
import io.ferrynfs.storage.Made;
import io.ferrynfs.storage.Name;
import io.ferrynfs.storage.RemoveKind;
import io.ferrynfs.storage.Renamed;
import io.ferrynfs.storage.StorageException;
import io.ferrynfs.storage.Volume;
import java.util.function.Consumer;

/** A volume that logs each change of the name space after it was made. */
public final class LoggedVolume extends ForwardingVolume {
  private final Consumer<String> log;

  /**
   * Creates a volume in front of another.
   *
   * @param volume the files
   * @param log receives a line for each change
   */
  public LoggedVolume(Volume volume, Consumer<String> log) {
    super(volume);
    this.log = log;
  }

  @Override
  public Made makeDirectory(Caller caller, Handle directory, Name name, AttributeChanges initial)
      throws StorageException {
    Made made = super.makeDirectory(caller, directory, name, initial);
    log.accept(caller.uid() + " made directory " + name);
    return made;
  }

  @Override
  public ChangeInfo remove(Caller caller, Handle directory, Name name, RemoveKind kind)
      throws StorageException {
    ChangeInfo removed = super.remove(caller, directory, name, kind);
    log.accept(caller.uid() + " removed " + name);
    return removed;
  }

  @Override
  public Renamed rename(
      Caller caller, Handle fromDirectory, Name fromName, Handle toDirectory, Name toName)
      throws StorageException {
    Renamed renamed = super.rename(caller, fromDirectory, fromName, toDirectory, toName);
    log.accept(caller.uid() + " renamed " + fromName + " to " + toName);
    return renamed;
  }
}
