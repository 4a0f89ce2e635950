package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What processes that died left behind, and nobody will want. */
final class Leftovers {
  private Leftovers() {}

  /** Of keys that were published by a process that died before it removed their scratch. */
  @SuppressWarnings("try") // The lease is held for what is done meanwhile.
  static void sweepScratch(ArtifactStore store) throws IOException {
    for (Path scratch : StoreLayout.children(store.layout().scratch())) {
      String name = scratch.getFileName().toString();
      if (Digest.isHex(name) && store.find(new Digest(name)).isPresent()) {
        Optional<Lease> lease = store.leases().tryAcquire(new Digest(name));
        if (lease.isPresent()) {
          try (Lease held = lease.get()) {
            store.temp().discard(scratch);
          }
        }
      }
    }
  }
}
