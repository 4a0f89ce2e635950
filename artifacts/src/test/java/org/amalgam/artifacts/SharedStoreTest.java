package org.amalgam.artifacts;

import static org.amalgam.artifacts.Examples.key;
import static org.amalgam.artifacts.Examples.provenance;
import static org.amalgam.artifacts.Examples.publish;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedStoreTest {
  private final Path directory;
  private final ArtifactStore lab;
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());

  SharedStoreTest(@TempDir Path directory) throws IOException {
    this.directory = directory.toRealPath();
    lab = ArtifactStore.open(this.directory.resolve("lab"));
  }

  private ArtifactStore own(Share share, Trust trust) {
    SharedStore shared = SharedStore.at(lab.root(), share, warnings::add);
    return ArtifactStore.open(directory.resolve("own"), trust, shared);
  }

  private ArtifactStore own(Share share) {
    return own(share, Trust.ALL);
  }

  @Test
  void aKeyThatIsMissedIsCopiedWithAllThatIsKnownOfIt() throws IOException {
    KeyEntry entry = publish(lab, "a", "text");
    Files.writeString(lab.log(key("a")), "step 1\n");
    Map<String, String> before = contents(lab.root());
    ArtifactStore own = own(Share.READ);

    assertThat(own.find(key("a"))).as("finding copies nothing").isEmpty();
    assertThat(own.obtain(key("a"))).contains(entry);

    assertThat(own.verified(entry.artifact()).resolve("manifest")).hasContent("text");
    assertThat(own.provenance(key("a"))).contains(provenance("a"));
    assertThat(own.existingLog(key("a")).orElseThrow()).hasContent("step 1");
    assertThat(own.origin(key("a")).orElseThrow().from()).isEqualTo("shared store " + lab.root());
    assertThat(own.verify()).isEmpty();
    assertThat(own.obtain(key("b"))).isEmpty();
    assertThat(contents(lab.root())).as("reading changes nothing there").isEqualTo(before);
    assertThat(warnings).isEmpty();
  }

  @Test
  void whatIsComputedIsGivenToTheSharedStoreOnlyWhereThatIsAsked() throws IOException {
    publish(own(Share.READ), "a", "text");
    assertThat(lab.entries()).isEmpty();

    KeyEntry entry = publish(own(Share.WRITE), "b", "more");

    assertThat(lab.find(key("b"))).contains(entry);
    assertThat(lab.verified(entry.artifact()).resolve("manifest")).hasContent("more");
    assertThat(lab.origin(key("b")).orElseThrow().from()).startsWith("runner on ");
    assertThat(lab.verify()).isEmpty();
  }

  @Test
  void aDamagedCopyIsNotTakenOver() throws IOException {
    KeyEntry entry = publish(lab, "a", "text");
    overwrite(lab.directory(entry.artifact()).resolve("manifest"), "tex7");
    ArtifactStore own = own(Share.READ);

    assertThat(own.obtain(key("a"))).isEmpty();

    assertThat(own.artifacts()).isEmpty();
    assertThat(own.entries()).isEmpty();
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("the shared store " + lab.root() + " is damaged: ");
    KeyEntry sound = publish(lab, "b", "sound");
    assertThat(own.obtain(key("b"))).as("one bad copy ends nothing").contains(sound);
  }

  @Test
  void aSharedStoreThatIsNotThereIsOneWarning() throws IOException {
    Path nowhere = directory.resolve("nowhere");
    ArtifactStore own =
        ArtifactStore.open(
            directory.resolve("own"),
            Trust.ALL,
            SharedStore.at(nowhere, Share.READ, warnings::add));

    assertThat(own.obtain(key("a"))).isEmpty();
    assertThat(own.obtain(key("b"))).isEmpty();
    publish(own, "a", "text");

    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith("going on without the shared store: store " + nowhere + ": could not open it");
    assertThat(nowhere).doesNotExist();
  }

  @Test
  void aSharedStoreThatTakesNothingIsOneWarning() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "");
    ArtifactStore own =
        ArtifactStore.open(
            directory.resolve("own"), Trust.ALL, SharedStore.at(file, Share.WRITE, warnings::add));

    publish(own, "a", "text");
    publish(own, "b", "text");

    assertThat(own.entries()).hasSize(2);
    assertThat(warnings).hasSize(1);
  }

  @Test
  void aFlippedByteIsMendedFromTheSharedStoreOnUse() throws IOException {
    KeyEntry entry = publish(lab, "a", "text");
    own(Share.READ).obtain(key("a"));
    Path file = own(Share.OFF).directory(entry.artifact()).resolve("deep/er/weights");
    overwrite(file, "weights of tex7");

    assertThat(own(Share.READ).verified(entry.artifact()).resolve("deep/er/weights"))
        .hasContent("weights of text");

    assertThat(warnings).singleElement().asString().contains("was mended from the shared store");
    assertThat(own(Share.OFF).verify()).isEmpty();
  }

  @Test
  void verifyMendsEveryKindOfDamageThatTheSharedStoreCan() throws IOException {
    KeyEntry flipped = publish(lab, "flipped", "one");
    KeyEntry gone = publish(lab, "gone", "two");
    KeyEntry stray = publish(lab, "stray", "three");
    publish(lab, "entry", "four");
    publish(lab, "provenance", "five");
    ArtifactStore own = own(Share.READ);
    for (KeyEntry entry : lab.entries()) {
      assertThat(own.obtain(entry.key())).contains(entry);
    }
    overwrite(own.directory(flipped.artifact()).resolveSibling("manifest"), "");
    Disk.delete(own.directory(gone.artifact()).resolve("..").normalize());
    Files.writeString(own.directory(stray.artifact()).resolve("extra"), "");
    overwrite(own.layout().key(key("entry")), "{");
    overwrite(own.layout().provenance(key("provenance")), "{");

    List<Defect> defects = own.verify(2, (done, all) -> {});
    assertThat(defects).hasSize(5);
    List<Repair> repairs = defects.stream().map(own::repair).toList();

    assertThat(repairs).allMatch(Repair::mended);
    assertThat(own.verify()).isEmpty();
    assertThat(own.entries()).isEqualTo(lab.entries());
  }

  @Test
  void whatCannotBeMendedIsMovedAwayAndComputedAgain() throws IOException {
    ArtifactStore own = own(Share.READ);
    KeyEntry entry = publish(own, "a", "text");
    overwrite(own.directory(entry.artifact()).resolve("manifest"), "tex7");

    Repair repair = own.repair(own.verify(2, (done, all) -> {}).get(0));

    assertThat(repair.mended()).isFalse();
    assertThat(repair.told())
        .isEqualTo(
            "moved to %s/quarantine/%s.1; the next run computes it again",
            own.root(), entry.artifact());
    assertThat(own.find(key("a"))).isEmpty();
    assertThat(publish(own, "a", "text")).isEqualTo(entry);
    assertThat(own.verify()).isEmpty();
  }

  @Test
  void whoTrustsOnlyOwnResultsComputesWhatCameFromElsewhere() throws IOException {
    KeyEntry entry = publish(lab, "a", "text");
    own(Share.READ).obtain(key("a"));
    publish(own(Share.OFF), "own", "own");
    ArtifactStore reviewer = own(Share.READ, new Trust(false, true));

    assertThat(reviewer.find(key("own"))).isPresent();
    assertThat(reviewer.find(key("a"))).isEmpty();
    assertThat(reviewer.obtain(key("a"))).isEmpty();
    assertThat(reviewer.foreign(key("a"))).contains(entry);

    publish(reviewer, "a", "text");

    assertThat(reviewer.find(key("a"))).contains(entry);
    assertThat(reviewer.origin(key("a"))).isEmpty();
  }

  @Test
  void manyStoresMayGiveToOneAtOnce() throws Exception {
    List<Thread> labs = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      ArtifactStore one =
          ArtifactStore.open(
              directory.resolve("own" + i),
              Trust.ALL,
              SharedStore.at(lab.root(), Share.WRITE, warnings::add));
      Thread thread =
          new Thread(
              () -> {
                try {
                  for (int n = 0; n < 10; n++) {
                    if (one.obtain(key("n" + n)).isEmpty()) {
                      publish(one, "n" + n, "text " + n);
                    }
                  }
                } catch (IOException e) {
                  warnings.add(e.toString());
                }
              });
      thread.start();
      labs.add(thread);
    }
    for (Thread thread : labs) {
      thread.join();
    }

    assertThat(warnings).isEmpty();
    assertThat(lab.entries()).hasSize(10);
    assertThat(lab.verify()).isEmpty();
  }

  private static void overwrite(Path file, String text) throws IOException {
    Files.delete(file);
    Files.writeString(file, text);
  }

  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.startsWith(root.resolve("tmp"))) {
          contents.put(file.toString(), Files.readString(file));
        }
      }
    }
    return contents;
  }
}
