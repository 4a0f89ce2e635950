package org.amalgam.artifacts;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The leases of a store's keys.
 *
 * <p>The operating system's lock is the lease. Beside it the holder tells who it is and touches
 * that note every few seconds. A note of another host that still changes is believed even where the
 * lock could be had: on such a file system locks do not reach other hosts.
 */
final class Leases {
  static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private static final long LONGEST_PAUSE_MILLIS = 200;
  private static final ScheduledExecutorService HEARTBEATS =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "lease-heartbeat");
            thread.setDaemon(true);
            return thread;
          });

  private final Path directory;
  private final Path notes;
  private final Path tmp;
  private final Duration silence;

  /**
   * @param silence how long another host's note must stay unchanged until that host is taken for
   *     dead; some heartbeats
   */
  Leases(Path directory, Path notes, Path tmp, Duration silence) {
    this.directory = directory;
    this.notes = notes;
    this.tmp = tmp;
    this.silence = silence;
  }

  /** Waits for the lease of a key; tells who holds it, once for each holder. */
  Lease acquire(Digest key, Consumer<String> waitingFor) throws IOException, InterruptedException {
    Stranger stranger = new Stranger(silence);
    String told = "";
    for (long pause = 5; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      Optional<Lease> lease = tryAcquire(key, stranger);
      if (lease.isPresent()) {
        return lease.get();
      }
      String holder = holder(key);
      if (!holder.equals(told)) {
        waitingFor.accept(holder);
        told = holder;
      }
      Thread.sleep(pause);
    }
  }

  /** The lease of a key, unless somebody holds it or another host did so of late. */
  Optional<Lease> tryAcquire(Digest key) throws IOException {
    return tryAcquire(key, new Stranger(silence));
  }

  private Optional<Lease> tryAcquire(Digest key, Stranger stranger) throws IOException {
    Optional<ExclusiveFile> lock =
        ExclusiveFile.tryAcquire(
            directory.resolve(key + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (lock.isEmpty()) {
      return Optional.empty();
    }
    Path note = notes.resolve(key + ".json");
    try {
      if (stranger.lives(read(note))) {
        lock.get().close();
        return Optional.empty();
      }
      return Optional.of(new Held(lock.get(), note, tmp));
    } catch (IOException | RuntimeException e) {
      lock.get().close();
      throw e;
    }
  }

  /** Removes the notes of dead holders on this host. */
  void sweep() throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(notes, "*.json")) {
      for (Path note : found) {
        String name = note.getFileName().toString().replace(".json", "");
        if (Digest.isHex(name)) {
          tryAcquire(new Digest(name)).ifPresent(Lease::close);
        }
      }
    }
  }

  private String holder(Digest key) {
    Note note = read(notes.resolve(key + ".json"));
    return note == null
        ? "another process or thread"
        : "process " + note.pid() + " on " + note.host() + ", since " + note.since();
  }

  private static @Nullable Note read(Path note) {
    try {
      return Note.parse(Files.readString(note));
    } catch (IOException | IllegalArgumentException e) {
      // Not yet written, just removed, or no note at all.
      return null;
    }
  }

  /** What a holder tells. */
  private record Note(String host, long pid, String since, String heartbeat) {
    static Note parse(String text) {
      JsonFields json = JsonFields.of(text);
      return new Note(
          json.text("host"),
          json.get("pid", Long.class),
          json.text("since"),
          json.text("heartbeat"));
    }

    String text() {
      return CanonicalJson.writePretty(
          Map.of("host", host, "pid", pid, "since", since, "heartbeat", heartbeat));
    }
  }

  /** Watches the note of another host by this host's clock only, since clocks differ. */
  private static final class Stranger {
    private final Duration silence;
    private @Nullable Note last;
    private long lastChange;

    Stranger(Duration silence) {
      this.silence = silence;
    }

    boolean lives(@Nullable Note note) {
      if (note == null || note.host().equals(Host.NAME)) {
        return false;
      }
      if (!note.equals(last)) {
        last = note;
        lastChange = System.nanoTime();
      }
      return System.nanoTime() - lastChange < silence.toNanos();
    }
  }

  private static final class Held implements Lease {
    private final ExclusiveFile lock;
    private final Path note;
    private final Path tmp;
    private final String since = now();
    private final Future<?> heartbeat;
    private boolean closed;

    Held(ExclusiveFile lock, Path note, Path tmp) throws IOException {
      this.lock = lock;
      this.note = note;
      this.tmp = tmp;
      tell();
      heartbeat =
          HEARTBEATS.scheduleAtFixedRate(
              this::beat, HEARTBEAT.toMillis(), HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void tell() throws IOException {
      Path temporary = TempSpace.in(tmp).path();
      String text = new Note(Host.NAME, ProcessHandle.current().pid(), since, now()).text();
      Files.writeString(temporary, text);
      Files.move(temporary, note, StandardCopyOption.ATOMIC_MOVE);
    }

    private synchronized void beat() {
      try {
        if (!closed) {
          tell();
        }
      } catch (IOException e) {
        // The lock still holds; a full disk must not end the work that may free it.
        return;
      }
    }

    @Override
    public synchronized void close() {
      if (closed) {
        return;
      }
      closed = true;
      heartbeat.cancel(false);
      try (lock) {
        Files.deleteIfExists(note);
      } catch (IOException e) {
        throw new StoreException(
            "could not give back the lease " + note + ": " + e.getMessage(), e);
      }
    }

    private static String now() {
      return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }
  }
}
