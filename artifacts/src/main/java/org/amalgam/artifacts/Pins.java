package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The pins of a store. */
public final class Pins {
  private static final String SUFFIX = ".json";

  private final ArtifactStore store;

  Pins(ArtifactStore store) {
    this.store = store;
  }

  /**
   * All of them, sorted by name.
   *
   * @throws StoreException if one cannot be read: what it holds would be collected
   */
  public List<Pin> all() {
    List<Pin> pins = new ArrayList<>();
    try {
      for (Path file : StoreLayout.children(store.layout().pins())) {
        if (file.toString().endsWith(SUFFIX)) {
          pins.add(read(file));
        }
      }
    } catch (IOException e) {
      throw StoreException.of(store.root(), "read the pins", e);
    }
    return pins;
  }

  private static Pin read(Path file) throws IOException {
    try {
      return Pin.parse(Files.readString(file));
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          "the pin " + file + " is damaged (" + e.getMessage() + "); delete it and pin again", e);
    }
  }

  /** Adds a pin, in place of one of the same name. */
  public void add(Pin pin) {
    try {
      store.put(file(pin), pin.text());
    } catch (IOException e) {
      throw StoreException.of(store.root(), "pin " + pin.name(), e);
    }
  }

  /** Removes a pin; whether it was there. */
  public boolean remove(Pin pin) {
    try {
      store.temp();
      return Files.deleteIfExists(file(pin));
    } catch (IOException e) {
      throw StoreException.of(store.root(), "unpin " + pin.name(), e);
    }
  }

  private Path file(Pin pin) {
    return store.layout().pins().resolve(pin.name() + SUFFIX);
  }
}
