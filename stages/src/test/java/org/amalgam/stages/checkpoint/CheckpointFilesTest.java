package org.amalgam.stages.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.amalgam.artifacts.Digest;
import org.amalgam.stages.tensor.DType;
import org.amalgam.stages.tensor.HostTensor;
import org.amalgam.stages.tensor.SafetensorsFile;
import org.amalgam.stages.tensor.SafetensorsWriter;
import org.amalgam.stages.tensor.ShardedSafetensors;
import org.amalgam.stages.tensor.TensorFileException;
import org.amalgam.stages.tensor.TensorSource;
import org.amalgam.stages.tensor.pytorch.PyTorchCheckpoint;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFilesTest {
  @SuppressWarnings("NullAway.Init") // set by JUnit
  @TempDir
  Path directory;

  private final SortedMap<String, HostTensor> tensors = new TreeMap<>();
  private Path whole = Path.of("");

  @BeforeEach
  void write() throws IOException {
    for (int i = 0; i < 5; i++) {
      tensors.put("w" + i, HostTensor.ofFloats(new float[] {i, -i, 0.5f * i}, 1, 3));
    }
    tensors.put("scalar", HostTensor.ofDoubles(new double[] {Math.E}));
    tensors.put("empty", HostTensor.ofFloats(new float[0], 0, 2));
    tensors.put("ids", HostTensor.ofLongs(new long[] {1L << 40, -1}, 2));
    tensors.put(
        "half", new HostTensor(DType.F16, new long[] {2}, java.nio.ByteBuffer.wrap(new byte[4])));
    tensors.put("mask", HostTensor.ofBytes(new byte[] {1, 0, 7}, 3));
    whole = directory.resolve("whole.safetensors");
    SafetensorsWriter.write(whole, tensors, Map.of("kept", "text"));
  }

  private void assertHoldsAll(TensorSource source) throws IOException {
    assertThat(source.names()).isEqualTo(tensors.keySet());
    for (String name : tensors.keySet()) {
      assertThat(source.tensor(name)).as(name).isEqualTo(tensors.get(name));
    }
  }

  private Path shard(long most) throws Exception {
    Path folder = directory.resolve("folder");
    try (TensorSource source = TensorSources.open(whole)) {
      Shards.of(TensorCopy.infos(source), most)
          .write(
              folder,
              (file, some) -> TensorCopy.safetensors(source, some, source.metadata(), file));
    }
    return folder;
  }

  @Test
  void shardsAreReadBackThroughTheirIndex() throws Exception {
    Path folder = shard(28);
    Path index = folder.resolve(ShardedSafetensors.INDEX);
    assertThat(index).content().contains("\"total_size\" : 91", "model-00001-of-00004.safetensors");
    for (Path path : new Path[] {folder, index}) {
      try (TensorSource source = TensorSources.open(path)) {
        assertHoldsAll(source);
        assertThat(source.metadata()).containsEntry("kept", "text").containsEntry("format", "pt");
        assertThat(source.path()).isEqualTo(index);
      }
    }
    try (SafetensorsFile first =
        SafetensorsFile.open(folder.resolve("model-00001-of-00004.safetensors"))) {
      assertThat(first.names()).containsExactly("empty", "half", "ids", "mask");
    }
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(5);
    }
  }

  @Test
  void oneFileThatHoldsAllTakesThePlaceOfShards() throws Exception {
    Path folder = shard(28);
    shard(Long.MAX_VALUE);
    assertThat(folder.resolve(ShardedSafetensors.INDEX)).doesNotExist();
    try (TensorSource source = TensorSources.open(folder)) {
      assertHoldsAll(source);
      assertThat(source.path()).isEqualTo(folder.resolve("model.safetensors"));
    }
    shard(28);
    assertThat(folder.resolve("model.safetensors")).doesNotExist();
  }

  @Test
  void anIndexThatLeadsElsewhereOrLiesIsRefused() throws Exception {
    Path folder = shard(28);
    Path index = folder.resolve(ShardedSafetensors.INDEX);
    String sound = Files.readString(index);
    String first = "model-00001-of-00004.safetensors";
    assertRefused(
        index, sound.replace(first, "../whole.safetensors"), "no plain .safetensors name");
    assertRefused(index, sound.replace(first, "/etc/passwd"), "no plain .safetensors name");
    assertRefused(index, sound.replace(first, "none.safetensors"), "there is no such file");
    assertRefused(index, sound.replace("\"half\"", "\"other\""), "other is said to be in");
    assertRefused(
        index, sound.replaceAll("\"half\".*\\n", ""), first + " holds half too, which is not said");
    assertRefused(index, sound.replace("\"ids\"", "\"half\""), "is not JSON: Duplicate");
    assertRefused(index, "{\"weight_map\": []}", "has no object weight_map");
    assertRefused(index, "{\"weight_map\": {}}", "names no tensor");
    assertRefused(index, "[".repeat(100_000), "is not JSON");
    Files.delete(index);
    assertThatExceptionOfType(TensorFileException.class)
        .isThrownBy(() -> TensorSources.open(folder))
        .withMessageContaining("holds neither model.safetensors nor");
  }

  private static void assertRefused(Path index, String text, String message) throws IOException {
    Files.writeString(index, text);
    assertThatExceptionOfType(TensorFileException.class)
        .isThrownBy(() -> TensorSources.open(index))
        .withMessageContaining(message)
        .withMessageNotContaining("\n");
  }

  @Test
  void aPyTorchFileOfOursIsReadBackAndTheSameEveryTime() throws Exception {
    Path file = directory.resolve("x.ckpt");
    Path again = directory.resolve("y.ckpt");
    try (TensorSource source = TensorSources.open(whole)) {
      PyTorchWriter.write(source, file);
      PyTorchWriter.write(source, again);
    }
    assertThat(Digest.ofFile(file)).isEqualTo(Digest.ofFile(again));
    try (TensorSource source = TensorSources.open(file)) {
      assertThat(source).isInstanceOf(PyTorchCheckpoint.class);
      assertHoldsAll(source);
    }
    Path folder = Files.createDirectory(directory.resolve("pickled"));
    Files.move(file, folder.resolve("pytorch_model.bin"));
    try (TensorSource source = TensorSources.open(folder)) {
      assertHoldsAll(source);
    }
  }

  @Test
  void aHeaderTellsSizesAndParents() throws Exception {
    SortedMap<String, String> metadata =
        CheckpointMetadata.of(
            Map.of("kept", "text", "config", "old", "parents", "old"),
            "{}",
            new TreeMap<>(Map.of("model", CheckpointMetadata.digest(whole))));
    assertThat(metadata)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "config", "{}",
                "format", "pt",
                "kept", "text",
                "parents", "{\"model\":\"" + Digest.ofFile(whole) + "\"}"));
    Path folder = shard(28);
    Digest ofShards = CheckpointMetadata.digest(folder);
    assertThat(CheckpointMetadata.digest(folder.resolve(ShardedSafetensors.INDEX)))
        .isEqualTo(ofShards);
    shard(Long.MAX_VALUE);
    assertThat(CheckpointMetadata.digest(folder))
        .isEqualTo(Digest.ofFile(folder.resolve("model.safetensors")))
        .isNotEqualTo(ofShards);
  }
}
