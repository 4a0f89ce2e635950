package org.amalgam.runner.bundle;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.CanonicalJson;
import org.amalgam.artifacts.Digest;
import org.amalgam.artifacts.KeyEntry;
import org.amalgam.artifacts.Manifest;
import org.amalgam.artifacts.Origin;
import org.amalgam.artifacts.Provenance;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Takes a bundle over into a store. All of it is unpacked beside the store's contents and checked
 * first; a bundle that is refused leaves nothing.
 */
public final class BundleReader {
  private static final int LONGEST_MANIFEST = 256 << 20;
  private static final Pattern MEMBER =
      Pattern.compile(
          "artifacts/(?<artifact>[0-9a-f]{64})/(?<part>manifest|files/.+)"
              + "|keys/(?<key>[0-9a-f]{64})\\.json"
              + "|provenance/(?<provenance>[0-9a-f]{64})\\.json"
              + "|logs/(?<log>[0-9a-f]{64})\\.log"
              + "|runs/(?<run>[A-Za-z0-9_-][A-Za-z0-9._-]*)/(?<file>.+)");

  private final Path bundle;
  private final ArtifactStore store;
  private final Map<Digest, Path> artifacts = new TreeMap<>();
  private final Map<Digest, List<Manifest.Entry>> contents = new TreeMap<>();
  private final Map<Digest, KeyEntry> entries = new TreeMap<>();
  private final Map<Digest, Provenance> provenance = new TreeMap<>();
  private final Map<Digest, Path> logs = new TreeMap<>();
  private final Map<String, Path> runFiles = new TreeMap<>();

  /**
   * What was taken over.
   *
   * @param results how many, and of how many artifacts
   * @param readers the points that read files outside of the store, whose digests are in their keys
   * @param runs the folders of runs
   */
  public record Imported(int results, int artifacts, List<String> readers, List<Path> runs) {}

  private BundleReader(Path bundle, ArtifactStore store) {
    this.bundle = bundle;
    this.store = store;
  }

  /**
   * Takes a bundle over.
   *
   * @param runs where the folders of runs are; one that is there already is left as it is
   * @param progress is told how many bytes of how many are unpacked
   * @throws BundleException if anything in it is not exactly as it was exported
   */
  public static Imported read(
      Path bundle, ArtifactStore store, Path runs, BiConsumer<Long, Long> progress)
      throws IOException, BundleException {
    return new BundleReader(bundle, store).read(runs, progress);
  }

  private Imported read(Path runs, BiConsumer<Long, Long> progress)
      throws IOException, BundleException {
    Path rest = store.workspace();
    try {
      try (InputStream plain = new ZstdInputStream(Files.newInputStream(bundle));
          TarArchiveInputStream tar =
              new TarArchiveInputStream(plain, StandardCharsets.UTF_8.name())) {
        unpack(tar, rest, progress);
        // Up to the end, where the checksum of the whole is.
        plain.transferTo(OutputStream.nullOutputStream());
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException | IllegalArgumentException e) {
        throw refused("it is cut off, damaged or no bundle at all (" + e.getMessage() + ")");
      }
      check();
      return takeOver(runs);
    } finally {
      store.discard(rest);
      for (Path workspace : artifacts.values()) {
        store.discard(workspace);
      }
    }
  }

  private void unpack(TarArchiveInputStream tar, Path rest, BiConsumer<Long, Long> progress)
      throws IOException, BundleException {
    TarArchiveEntry head = tar.getNextEntry();
    if (head == null || !head.getName().equals(BundleWriter.MANIFEST) || !isPlain(head)) {
      throw refused("it does not begin with its " + BundleWriter.MANIFEST);
    }
    if (head.getSize() > LONGEST_MANIFEST) {
      throw refused("its " + BundleWriter.MANIFEST + " is too long");
    }
    Manifest manifest = manifest(tar.readNBytes((int) head.getSize()), BundleWriter.MANIFEST);
    TreeSet<String> lower = new TreeSet<>();
    for (Manifest.Entry expected : manifest.entries()) {
      if (!lower.add(expected.path().toLowerCase(Locale.ROOT))) {
        throw refused(expected.path() + " has a twin that differs only in case");
      }
    }
    long done = 0;
    for (Manifest.Entry expected : manifest.entries()) {
      TarArchiveEntry entry = tar.getNextEntry();
      if (entry == null) {
        throw refused(expected.path() + " is missing");
      }
      // Compared as it is written: a name that leaves its place is in no manifest.
      if (!entry.getName().equals(expected.path())) {
        throw refused(
            "it has \""
                + entry.getName()
                + "\" where its manifest has \""
                + expected.path()
                + "\"");
      }
      if (!isPlain(entry)) {
        throw refused(expected.path() + " is a link or no plain file");
      }
      if (entry.getSize() != expected.size()) {
        throw refused(
            expected.path() + " has " + entry.getSize() + " bytes, not " + expected.size());
      }
      Path file = place(expected, rest);
      Files.createDirectories(file.resolveSibling(".").normalize());
      MessageDigest sha256 = BundleWriter.sha256();
      try (OutputStream out = Files.newOutputStream(file)) {
        BundleWriter.copy(tar, expected.size(), out, sha256, file.getFileName());
      }
      if (!BundleWriter.digest(sha256).equals(expected.sha256())) {
        throw refused(expected.path() + " has other bytes than its manifest says");
      }
      understand(expected, file);
      done += expected.size();
      progress.accept(done, manifest.size());
    }
    TarArchiveEntry more = tar.getNextEntry();
    if (more != null) {
      throw refused("\"" + more.getName() + "\" is not in its manifest");
    }
  }

  private static boolean isPlain(TarArchiveEntry entry) {
    return !entry.isSparse()
        && (entry.getLinkFlag() == TarConstants.LF_NORMAL
            || entry.getLinkFlag() == TarConstants.LF_OLDNORM);
  }

  private Path place(Manifest.Entry member, Path rest) throws IOException, BundleException {
    Matcher name = MEMBER.matcher(member.path());
    if (!name.matches()) {
      throw refused(member.path() + " is nothing that a bundle holds");
    }
    if (name.group("artifact") == null || name.group("part").equals("manifest")) {
      return rest.resolve(member.path());
    }
    Digest artifact = new Digest(name.group("artifact"));
    Path workspace = artifacts.get(artifact);
    if (workspace == null) {
      workspace = store.workspace();
      artifacts.put(artifact, workspace);
    }
    return workspace.resolve(name.group("part").substring("files/".length()));
  }

  private void understand(Manifest.Entry member, Path file) throws IOException, BundleException {
    Matcher name = MEMBER.matcher(member.path());
    if (!name.matches()) {
      throw new IllegalStateException(member.path());
    }
    try {
      if (name.group("artifact") != null) {
        Digest artifact = new Digest(name.group("artifact"));
        if (name.group("part").equals("manifest")) {
          if (!member.sha256().equals(artifact)) {
            throw refused(member.path() + " is that of another artifact");
          }
          contents.put(artifact, manifest(Files.readAllBytes(file), member.path()).entries());
        }
      } else if (name.group("key") != null) {
        Digest key = new Digest(name.group("key"));
        KeyEntry entry = KeyEntry.parse(key, Files.readString(file));
        if (!Digest.of(CanonicalJson.write(entry.parts())).equals(key)) {
          throw refused(member.path() + ": the key is not that of its parts");
        }
        entries.put(key, entry);
      } else if (name.group("provenance") != null) {
        Provenance told = Provenance.parse(Files.readString(file));
        provenance.put(new Digest(name.group("provenance")), told);
      } else if (name.group("log") != null) {
        logs.put(new Digest(name.group("log")), file);
      } else {
        runFiles.put(name.group("run") + "/" + name.group("file"), file);
      }
    } catch (IllegalArgumentException e) {
      throw refused(member.path() + ": " + e.getMessage());
    }
  }

  private Manifest manifest(byte[] bytes, String name) throws BundleException {
    try {
      return Manifest.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw refused(name + ": " + e.getMessage());
    }
  }

  /** Whether the parts belong together. */
  private void check() throws IOException, BundleException {
    for (Map.Entry<Digest, Path> artifact : artifacts.entrySet()) {
      List<Manifest.Entry> named = contents.get(artifact.getKey());
      if (named == null || !Manifest.of(artifact.getValue()).entries().equals(named)) {
        throw refused(
            "the files of artifact " + artifact.getKey() + " are not those of its manifest");
      }
    }
    for (Digest artifact : contents.keySet()) {
      if (!artifacts.containsKey(artifact)) {
        throw refused("artifact " + artifact + " has no files");
      }
    }
    TreeSet<Digest> pointed = new TreeSet<>();
    for (KeyEntry entry : entries.values()) {
      pointed.add(entry.artifact());
      if (!artifacts.containsKey(entry.artifact()) || !provenance.containsKey(entry.key())) {
        throw refused("key " + entry.key() + " lacks its artifact or its provenance");
      }
    }
    if (!pointed.equals(artifacts.keySet())
        || !entries.keySet().equals(provenance.keySet())
        || !entries.keySet().containsAll(logs.keySet())) {
      throw refused("it has artifacts, provenance or logs that no key points at");
    }
  }

  private Imported takeOver(Path runs) throws IOException {
    int count = artifacts.size();
    for (Map.Entry<Digest, Path> artifact : List.copyOf(artifacts.entrySet())) {
      store.admit(artifact.getKey(), artifact.getValue());
      artifacts.remove(artifact.getKey());
    }
    Origin origin =
        new Origin(
            "bundle " + bundle.getFileName(),
            Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    for (KeyEntry entry : entries.values()) {
      Provenance told = provenance.get(entry.key());
      if (told == null) {
        throw new IllegalStateException("checked before: " + entry.key());
      }
      store.record(entry, told, origin, Optional.ofNullable(logs.get(entry.key())));
    }
    List<Path> folders = new ArrayList<>();
    Files.createDirectories(runs);
    TreeSet<Path> known = new TreeSet<>();
    for (Map.Entry<String, Path> file : runFiles.entrySet()) {
      Path folder = runs.resolve(file.getKey().substring(0, file.getKey().indexOf('/')));
      if (!folders.contains(folder) && Files.exists(folder)) {
        known.add(folder);
      }
      if (!known.contains(folder)) {
        Path target = runs.resolve(file.getKey());
        Files.createDirectories(target.resolveSibling(".").normalize());
        Files.copy(file.getValue(), target);
        if (!folders.contains(folder)) {
          folders.add(folder);
        }
      }
    }
    return new Imported(entries.size(), count, readers(), folders);
  }

  private List<String> readers() {
    TreeSet<String> readers = new TreeSet<>();
    provenance.forEach(
        (key, made) -> {
          KeyEntry entry = entries.get(key);
          Object files = entry == null ? null : entry.parts().get("externals");
          if (files instanceof List<?> digests && !digests.isEmpty()) {
            readers.add(made.stage());
          }
        });
    return List.copyOf(readers);
  }

  private BundleException refused(String message) {
    return new BundleException(bundle, message);
  }
}
