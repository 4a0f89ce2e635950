package org.amalgam.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.amalgam.artifacts.ArtifactStore;
import org.amalgam.artifacts.Digest;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
  private static final String RECIPE =
      """
      recipe: grid
      include: [parts/base.yaml]
      stages:
        sum: {uses: add, value: {each: [1, 2]}, to: "${base}"}
      """;

  /** One entry of a bundle, for taking it apart and putting it together wrongly. */
  private record Entry(String name, byte[] bytes, byte type, long size) {
    Entry(String name, byte[] bytes) {
      this(name, bytes, TarArchiveEntry.LF_NORMAL, bytes.length);
    }
  }

  @TempDir Path directory = Path.of("");
  private Trial here = new Trial(directory);
  private Trial there = new Trial(directory);
  private Path bundle = directory;

  @BeforeEach
  void export() throws IOException {
    here = new Trial(Files.createDirectories(directory.resolve("here")));
    there = new Trial(Files.createDirectories(directory.resolve("there")));
    bundle = directory.resolve("run.tar.zst");
    Files.createDirectories(here.directory.resolve("parts"));
    Files.writeString(
        here.directory.resolve("parts/base.yaml"), "stages:\n  base: {uses: add, value: 1}\n");
    here.recipe(RECIPE);
    assertThat(here.run().code()).isZero();
    Trial.Result result = here.execute("bundle", "export", "latest", "-o", bundle.toString());
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).contains("3 results");
  }

  private Trial.Result importThere() {
    return there.execute("bundle", "import", bundle.toString());
  }

  @Test
  void afterImportingNothingIsExecutedAndWhyStillAnswers() throws IOException {
    Trial.Result imported = importThere();

    assertThat(imported.code()).as(imported.err()).isZero();
    assertThat(imported.out()).contains("imported 3 results, 3 artifacts", "run: ");
    assertThat(there.store().entries()).isEqualTo(here.store().entries());
    assertThat(there.store().verify()).isEmpty();
    Path recipe;
    try (Stream<Path> files = Files.walk(there.directory.resolve(".amalgam/runs"))) {
      recipe = files.filter(f -> f.endsWith("recipe.yaml")).findFirst().orElseThrow();
    }
    Trial.Result run = there.execute("run", recipe.toString(), "--output", "json");
    assertThat(run.verdicts())
        .hasSize(3)
        .allSatisfy((point, v) -> assertThat(v).isEqualTo("cached"));
    Trial.Result why = there.execute("why", "sum[value=2]");
    assertThat(why.out())
        .contains("sum[value=2] (add)", "by recipe  grid")
        .containsPattern("to: base [0-9a-f]{12}");
    assertThat(importThere().code()).as("twice is fine").isZero();
  }

  @Test
  void filesOutsideOfTheStoreAreAskedForAndWithThemNothingIsExecuted() throws IOException {
    Path data = directory.resolve("n.txt");
    Files.writeString(data, "8");
    here.recipe(
        """
        recipe: outside
        stages:
          data: {uses: read, file: %s}
          sum: {uses: add, value: 1, to: "${data}"}
        """
            .formatted(data));
    here.run();
    here.execute("bundle", "export", "latest", "-o", bundle.toString());
    Files.delete(data);

    assertThat(importThere().out())
        .contains("imported 2 results", "data read files outside of the store");
    assertThat(there.execute("why", "sum").out()).contains("to: data");
    there.recipe(Files.readString(here.directory.resolve("recipe.yaml")));
    Trial.Result blocked = there.run();
    assertThat(blocked.verdicts().values()).containsOnly("blocked");
    assertThat(blocked.err()).contains("missing " + data);
    Files.writeString(data, "8");
    assertThat(there.run().verdicts().values()).containsOnly("cached");
    Files.writeString(data, "9");
    assertThat(there.run().verdicts().values()).containsOnly("ran");
  }

  @Test
  void aReviewerWhoTrustsNothingForeignComputesItAgain() {
    importThere();
    there.environment.put("AMALGAM_TRUST", "local");

    Trial.Result run =
        there.execute("run", here.directory.resolve("recipe.yaml").toString(), "--output", "json");

    assertThat(run.verdicts()).allSatisfy((point, v) -> assertThat(v).isEqualTo("ran"));
    assertThat(run.err()).doesNotContain("computed here it is");
    assertThat(there.execute("show", "base").out()).contains("from: computed in this store");
  }

  @Test
  void anyFlippedByteIsRefused() throws IOException {
    byte[] sound = Files.readAllBytes(bundle);
    byte[] unpacked = unpacked(sound);
    int refused = 0;
    for (int i = 0; i < sound.length; i += Math.max(1, sound.length / 40)) {
      byte[] flipped = sound.clone();
      flipped[i] ^= 4;
      // A few bits of a compressed file mean nothing; such a flip changes nothing.
      if (!Arrays.equals(unpacked(flipped), unpacked)) {
        Files.write(bundle, flipped);
        assertRefused("flipped byte " + i);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(30);
    Files.write(bundle, Arrays.copyOf(sound, sound.length / 2));
    assertRefused("cut off");
    Files.writeString(bundle, "no bundle");
    assertRefused("no bundle");
  }

  @Test
  void namesThatLeaveTheirPlaceAreRefused() throws IOException {
    for (String name :
        List.of("../evil", "/etc/evil", "runs/x/../../../evil", "keys/..", "runs/.hidden/x")) {
      tamper(entries -> entries.add(new Entry(name, bytes("evil"))));
      assertRefused(name);
      tamperAndSign(entries -> entries.add(new Entry(name, bytes("evil"))));
      assertRefused("signed " + name);
    }
  }

  @Test
  void linksAndDevicesAreRefused() throws IOException {
    for (byte type :
        new byte[] {
          TarArchiveEntry.LF_SYMLINK,
          TarArchiveEntry.LF_LINK,
          TarArchiveEntry.LF_CHR,
          TarArchiveEntry.LF_FIFO,
          TarArchiveEntry.LF_DIR
        }) {
      tamperAndSign(entries -> entries.add(new Entry("runs/x/link", new byte[0], type, 0)));
      assertRefused("type " + (char) type);
    }
  }

  @Test
  void whatIsTooMuchOrTooLittleOrTwiceIsRefused() throws IOException {
    tamper(entries -> entries.add(new Entry("runs/x/more", bytes("more"))));
    assertRefused("not in the manifest");
    tamper(entries -> entries.remove(entries.size() - 1));
    assertRefused("missing");
    tamper(entries -> entries.add(entries.get(entries.size() - 1)));
    assertRefused("twice");
    tamperAndSign(entries -> entries.removeIf(e -> e.name().endsWith("/files/number")));
    assertRefused("an artifact's file");
    tamperAndSign(entries -> entries.removeIf(e -> e.name().startsWith("provenance/")));
    assertRefused("provenance");
    tamperAndSign(entries -> entries.add(new Entry("elsewhere/x", bytes("x"))));
    assertRefused("no part of a bundle");
    tamperAndSign(
        entries -> {
          entries.add(new Entry("runs/x/a", bytes("a")));
          entries.add(new Entry("runs/x/A", bytes("a")));
        });
    assertRefused("case");
  }

  @Test
  void otherBytesUnderAnArtifactsOrAKeysNameAreRefused() throws IOException {
    tamper(entries -> replace(entries, "/files/number", bytes("9.0")));
    assertRefused("a file");
    tamperAndSign(entries -> replace(entries, "/files/number", bytes("9.0")));
    assertRefused("a signed file");
    tamperAndSign(entries -> replace(entries, "/manifest", new byte[0]));
    assertRefused("a manifest");
    tamperAndSign(
        entries ->
            entries.replaceAll(
                e ->
                    e.name().startsWith("keys/")
                        ? new Entry(e.name(), bytes(text(e).replace("1.0", "7.0")))
                        : e));
    assertRefused("a key of other parts");
  }

  @Test
  void aSizeThatLiesIsRefused() throws IOException {
    tamper(entries -> replace(entries, "/files/number", bytes("3.0000000")));
    assertRefused("longer");
  }

  /** What a bundle holds; nothing if it cannot be unpacked. */
  private static byte[] unpacked(byte[] bundle) {
    try (ZstdInputStream plain = new ZstdInputStream(new ByteArrayInputStream(bundle))) {
      return plain.readAllBytes();
    } catch (IOException e) {
      return new byte[0];
    }
  }

  private void assertRefused(String what) throws IOException {
    Trial.Result result = importThere();

    assertThat(result.code()).as(what + result.out() + result.err()).isEqualTo(4);
    assertThat(result.err()).as(what).contains("is refused").doesNotContain("\tat ");
    ArtifactStore store = there.store();
    assertThat(store.artifacts()).as(what).isEmpty();
    assertThat(store.entries()).as(what).isEmpty();
    assertThat(there.directory.resolve(".amalgam/runs")).doesNotExist();
    assertThat(directory.resolve("evil")).doesNotExist();
    try (Stream<Path> tmp = Files.walk(store.root().resolve("tmp"))) {
      assertThat(tmp.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
          .as(what)
          .allMatch(name -> name.endsWith(".lock") || name.equals("used"));
    }
  }

  /** Changes a bundle, and leaves its manifest as it was. */
  private void tamper(Consumer<List<Entry>> change) throws IOException {
    List<Entry> entries = fresh();
    change.accept(entries);
    write(entries);
  }

  /** Changes a bundle and makes a new manifest for it, as somebody who means harm would. */
  private void tamperAndSign(Consumer<List<Entry>> change) throws IOException {
    List<Entry> entries = fresh();
    entries.remove(0);
    change.accept(entries);
    entries.sort((a, b) -> a.name().compareTo(b.name()));
    String manifest =
        entries.stream()
            .map(e -> Digest.of(e.bytes()) + " " + e.size() + " " + e.name() + "\n")
            .collect(Collectors.joining());
    entries.add(0, new Entry("MANIFEST", bytes(manifest)));
    write(entries);
  }

  private List<Entry> fresh() throws IOException {
    Trial.Result result = here.execute("bundle", "export", "latest", "-o", bundle.toString());
    assertThat(result.code()).as(result.err()).isZero();
    List<Entry> entries = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ZstdInputStream(Files.newInputStream(bundle)))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        entries.add(new Entry(e.getName(), tar.readAllBytes()));
      }
    }
    return entries;
  }

  private void write(List<Entry> entries) throws IOException {
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new ZstdOutputStream(Files.newOutputStream(bundle)))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Entry entry : entries) {
        TarArchiveEntry header = new TarArchiveEntry(entry.name(), entry.type(), true);
        header.setSize(entry.size());
        if (entry.type() == TarArchiveEntry.LF_SYMLINK || entry.type() == TarArchiveEntry.LF_LINK) {
          header.setLinkName("../../../keys");
        }
        tar.putArchiveEntry(header);
        tar.write(entry.bytes());
        tar.closeArchiveEntry();
      }
    }
  }

  private static void replace(List<Entry> entries, String suffix, byte[] bytes) {
    entries.replaceAll(e -> e.name().endsWith(suffix) ? new Entry(e.name(), bytes) : e);
  }

  private static String text(Entry entry) {
    return new String(entry.bytes(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
