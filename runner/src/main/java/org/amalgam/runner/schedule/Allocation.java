package org.amalgam.runner.schedule;

import java.util.ArrayList;
import java.util.List;
import org.amalgam.pipelines.stage.Resources;
import org.amalgam.runner.executor.Share;

/** Who has what of a {@link Capacity} at this moment. Of one thread. */
final class Allocation {
  /** What an attempt was given, to be handed back. */
  record Grant(Share share, long memoryBytes, int threads) {}

  private final long shareBytes;
  private final int mostThreads;
  private final List<String> gpus;
  private int slots;
  private long memoryBytes;
  private int threads;

  Allocation(Capacity capacity, int slots) {
    this.slots = slots;
    this.memoryBytes = capacity.memoryBytes();
    this.shareBytes = capacity.memoryBytes() / slots;
    this.mostThreads = capacity.threads();
    this.threads = capacity.threads();
    this.gpus = new ArrayList<>(capacity.gpus());
  }

  boolean hasSlot() {
    return slots > 0;
  }

  boolean fits(Resources asked) {
    return slots > 0
        && asked.gpus() <= gpus.size()
        && asked.memoryBytes() <= memoryBytes
        && Math.min(asked.threads(), mostThreads) <= threads;
  }

  /** What it {@link #fits}. Without a wish for memory the share is an equal part. */
  Grant take(Resources asked) {
    List<String> devices = List.copyOf(gpus.subList(0, asked.gpus()));
    gpus.removeAll(devices);
    boolean said = asked.memoryBytes() > 0;
    Share share = new Share(said ? asked.memoryBytes() : shareBytes, said, devices);
    Grant grant = new Grant(share, asked.memoryBytes(), Math.min(asked.threads(), mostThreads));
    slots--;
    memoryBytes -= grant.memoryBytes();
    threads -= grant.threads();
    return grant;
  }

  void free(Grant grant) {
    slots++;
    memoryBytes += grant.memoryBytes();
    threads += grant.threads();
    gpus.addAll(grant.share().gpus());
    gpus.sort(null);
  }
}
