package org.amalgam.runner.bundle;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Manifest;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Puts a run and what it used into one file. Files are streamed: memory does not depend on them.
 */
public final class BundleWriter {
  /** The entry that names all others. */
  static final String MANIFEST = "MANIFEST";

  /** One member: a file, of which so many bytes count, since logs may still grow. */
  private record Member(Path file, long size, Digest sha256) {}

  private final ArtifactStore store;
  private final Map<String, Member> members = new TreeMap<>();

  public BundleWriter(ArtifactStore store) {
    this.store = store;
  }

  /** Adds a run's folder, but for links. */
  public void addRun(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String inside = folder.relativize(file).toString().replace('\\', '/');
        add("runs/" + folder.getFileName() + "/" + inside, file);
      }
    }
  }

  /**
   * Adds what a key points at, after hashing it.
   *
   * @throws BundleException if the store lacks it
   */
  public void addResult(Digest key) throws IOException, BundleException {
    Optional<KeyEntry> entry = store.find(key);
    if (entry.isEmpty() || store.provenance(key).isEmpty()) {
      throw new BundleException(
          "the store has no result for key " + key.abbreviated() + "; run the recipe first");
    }
    Digest artifact = entry.get().artifact();
    String place = "artifacts/" + artifact;
    if (!members.containsKey(place + "/manifest")) {
      Path files = store.verified(artifact);
      Manifest manifest = store.manifest(artifact).orElseThrow();
      Path text = files.resolveSibling("manifest");
      members.put(place + "/manifest", new Member(text, Files.size(text), artifact));
      for (Manifest.Entry file : manifest.entries()) {
        members.put(
            place + "/files/" + file.path(),
            new Member(files.resolve(file.path()), file.size(), file.sha256()));
      }
    }
    add("keys/" + key + ".json", store.file("keys", key, ".json"));
    add("provenance/" + key + ".json", store.file("provenance", key, ".json"));
    Optional<Path> log = store.existingLog(key);
    if (log.isPresent()) {
      add("logs/" + key + ".log", log.get());
    }
  }

  private void add(String name, Path file) throws IOException {
    long size = Files.size(file);
    MessageDigest sha256 = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      copy(in, size, OutputStream.nullOutputStream(), sha256, file);
    }
    members.put(name, new Member(file, size, digest(sha256)));
  }

  /** The bytes of all files. */
  public long size() {
    return members.values().stream().mapToLong(Member::size).sum();
  }

  /**
   * Writes the bundle; until it is whole it is beside the target with another name.
   *
   * @param progress is told how many bytes of how many are written
   */
  public void write(Path target, BiConsumer<Long, Long> progress)
      throws IOException, BundleException {
    refuseCaseTwins();
    Manifest manifest =
        new Manifest(
            members.entrySet().stream()
                .map(
                    m -> new Manifest.Entry(m.getKey(), m.getValue().size(), m.getValue().sha256()))
                .toList());
    Path fresh = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (TarArchiveOutputStream tar =
          new TarArchiveOutputStream(
              new ZstdOutputStream(Files.newOutputStream(fresh)).setChecksum(true),
              StandardCharsets.UTF_8.name())) {
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        byte[] text = manifest.text().getBytes(StandardCharsets.UTF_8);
        tar.putArchiveEntry(entry(MANIFEST, text.length));
        tar.write(text);
        tar.closeArchiveEntry();
        long done = 0;
        for (Map.Entry<String, Member> one : members.entrySet()) {
          write(one.getKey(), one.getValue(), tar);
          done += one.getValue().size();
          progress.accept(done, size());
        }
      }
      Files.move(fresh, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static void write(String name, Member member, TarArchiveOutputStream tar)
      throws IOException, BundleException {
    tar.putArchiveEntry(entry(name, member.size()));
    MessageDigest sha256 = sha256();
    try (InputStream in = Files.newInputStream(member.file())) {
      copy(in, member.size(), tar, sha256, member.file());
    }
    tar.closeArchiveEntry();
    if (!digest(sha256).equals(member.sha256())) {
      throw new BundleException(member.file() + " changed while it was exported; export again");
    }
  }

  /** Everything in it is as old: the same run gives the same bundle. */
  private static TarArchiveEntry entry(String name, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setModTime(0);
    entry.setIds(0, 0);
    entry.setNames("", "");
    return entry;
  }

  private void refuseCaseTwins() throws BundleException {
    TreeSet<String> lower = new TreeSet<>();
    for (String name : members.keySet()) {
      if (!lower.add(name.toLowerCase(Locale.ROOT))) {
        throw new BundleException(
            name + " has a twin that differs only in case; such files cannot be bundled");
      }
    }
  }

  static void copy(InputStream from, long size, OutputStream to, MessageDigest sha256, Path name)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    DigestInputStream in = new DigestInputStream(from, sha256);
    for (long left = size; left > 0; ) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        throw new IOException(name + " is shorter than it was");
      }
      to.write(buffer, 0, n);
      left -= n;
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  static Digest digest(MessageDigest sha256) {
    return new Digest(HexFormat.of().formatHex(sha256.digest()));
  }
}
