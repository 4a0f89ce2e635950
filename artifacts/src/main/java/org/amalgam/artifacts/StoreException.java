package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import org.jspecify.annotations.Nullable;

/** The store cannot be used as asked: the message says where, what is wrong and how to mend it. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private static final long FULL_BELOW_BYTES = 1 << 16;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * What a failed access to a store's files means to its user.
   *
   * @param doing what was being done, to follow "could not"
   */
  static StoreException of(Path root, String doing, Exception cause) {
    if (cause instanceof StoreException known) {
      return known;
    }
    String start = "store " + root + ": could not " + doing + ": ";
    String reason = reason(cause);
    if (reason.contains("No space left")
        || reason.contains("quota")
        || reason.contains("not enough space")
        || full(root)) {
      return new StoreException(
          start + "no space left; free some, or name a store on another disk, then run again",
          cause);
    }
    if (reason.contains("Read-only file system")
        || reason.contains("Operation not permitted")
        || cause instanceof AccessDeniedException
        || cause instanceof ReadOnlyFileSystemException) {
      return new StoreException(
          start
              + "not writable for this user ("
              + reason
              + "); mend its permissions, or name another store",
          cause);
    }
    return new StoreException(start + reason, cause);
  }

  private static String reason(Exception cause) {
    if (cause instanceof FileSystemException file && file.getReason() == null) {
      // Without a reason the message is only the path.
      return cause.getClass().getSimpleName().replace("Exception", "") + " " + file.getFile();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static boolean full(Path root) {
    @Nullable Path there = root;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      // A file system without blocks, as /proc, is not full.
      return there != null
          && Files.getFileStore(there).getTotalSpace() > 0
          && Files.getFileStore(there).getUsableSpace() < FULL_BELOW_BYTES;
    } catch (IOException e) {
      return false;
    }
  }
}
