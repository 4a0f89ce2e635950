package org.amalgam.artifacts;

/** The store cannot be used as asked: the message says where, what is wrong and how to mend it. */
public class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public StoreException(String message) {
    super(message);
  }

  public StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
