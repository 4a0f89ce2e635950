package org.amalgam.stages.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.amalgam.pipelines.stage.StageFailure;
import org.amalgam.stages.data.coco.KarpathyFile;
import org.amalgam.stages.data.coco.Photo;
import org.amalgam.stages.data.coco.VqaFiles;
import org.amalgam.stages.data.coco.VqaFiles.Asked;

/** Gathers the texts of a user's files; the photos are decoded one by one when they are written. */
final class CocoDraft {
  private record Place(Split split, String images, int image) {}

  private record Photos(List<Path> files, int imageSize) implements CorpusDraft.Images {
    @Override
    public int count() {
      return files.size();
    }

    @Override
    public void paint(int index, byte[] into) throws StageFailure {
      Photo.read(files.get(index), imageSize, into);
    }
  }

  private final CocoFiles settings;
  private final int imageSize;

  private final SortedMap<String, CorpusDraft.Images> images = new TreeMap<>();
  private final List<CorpusDraft.Caption> captions = new ArrayList<>();
  private final List<CorpusDraft.Question> questions = new ArrayList<>();
  private final List<String> answers = new ArrayList<>();
  private final List<String> attributions = new ArrayList<>();
  private final Map<Long, Place> byCocoId = new HashMap<>();
  private int signatures;

  /** The data set that questions are about: the first whose images have numbers of COCO. */
  private String asked = "";

  CocoDraft(CocoFiles settings, int imageSize) {
    this.settings = settings;
    this.imageSize = imageSize;
  }

  CorpusDraft draft() throws IOException, StageFailure {
    for (String root : settings.roots()) {
      for (Path file : karpathyFiles(Path.of(root))) {
        add(KarpathyFile.read(file, Path.of(root)), file);
      }
    }
    if (!settings.vqaRoot().isEmpty()) {
      addQuestions(Path.of(settings.vqaRoot()));
    }
    return new CorpusDraft(
        images, captions, questions, List.of(), answers, List.of(), List.of(), attributions);
  }

  private static List<Path> karpathyFiles(Path root) throws IOException, StageFailure {
    Path directory = root.resolve("karpathy");
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> paths = Files.list(directory)) {
        paths.filter(path -> path.toString().endsWith(".json")).sorted().forEach(files::add);
      }
    }
    if (files.isEmpty()) {
      throw new StageFailure(
          directory + " has no JSON file; put dataset_coco.json or one like it there");
    }
    return files;
  }

  private void add(KarpathyFile file, Path path) throws StageFailure {
    SortedMap<Split, List<Path>> photos = new TreeMap<>();
    for (KarpathyFile.Entry entry : file.entries()) {
      Split split = split(entry, path);
      String name = file.dataset() + "." + split.label();
      List<Path> files = photos.computeIfAbsent(split, key -> new ArrayList<>());
      for (String caption : entry.captions()) {
        captions.add(
            new CorpusDraft.Caption(
                file.dataset(), split, name, files.size(), caption, signatures));
      }
      if (entry.cocoId() >= 0 && (asked.isEmpty() || asked.equals(file.dataset()))) {
        asked = file.dataset();
        byCocoId.put(entry.cocoId(), new Place(split, name, files.size()));
      }
      files.add(entry.file());
      signatures++;
    }
    for (Map.Entry<Split, List<Path>> entry : photos.entrySet()) {
      String name = file.dataset() + "." + entry.getKey().label();
      if (images.put(name, new Photos(List.copyOf(entry.getValue()), imageSize)) != null) {
        throw new StageFailure(
            path + ": there is another dataset named " + file.dataset() + "; rename one of them");
      }
    }
    attributions.add("Data of the user's: " + file.dataset() + ".");
  }

  private static Split split(KarpathyFile.Entry entry, Path path) throws StageFailure {
    String name = entry.split();
    if (name.equals("train") || name.equals("restval")) {
      return Split.TRAIN;
    } else if (name.equals("val") || name.equals("test")) {
      return name.equals("val") ? Split.VAL : Split.TEST;
    }
    throw new StageFailure(
        path
            + ": the split of "
            + entry.file().getFileName()
            + " is "
            + name
            + ", not train, restval, val or test");
  }

  private void addQuestions(Path root) throws IOException, StageFailure {
    List<Asked> all = new ArrayList<>();
    for (String part : CocoFiles.VQA_PARTS) {
      for (Asked each : VqaFiles.read(root, part)) {
        if (!byCocoId.containsKey(each.cocoId())) {
          throw new StageFailure(
              root
                  + ": a question of "
                  + part
                  + " is about image "
                  + each.cocoId()
                  + ", which no root has; add the root of COCO");
        }
        all.add(each);
      }
    }
    Map<String, Integer> ids = chooseAnswers(all);
    for (Asked each : all) {
      Place place = byCocoId.get(each.cocoId());
      SortedMap<Integer, Integer> given = new TreeMap<>();
      each.answers()
          .forEach(
              (answer, count) -> {
                Integer id = ids.get(answer);
                if (id != null) {
                  given.put(id, count);
                }
              });
      // As usual, questions that no known answer fits are not trained on, but they are tested.
      if (place != null && (place.split() != Split.TRAIN || !given.isEmpty())) {
        questions.add(
            new CorpusDraft.Question(
                place.split(), place.images(), place.image(), each.type(), each.text(), given));
      }
    }
    attributions.add("Questions of the user's: VQAv2.");
  }

  /** The answers chosen often enough, the most frequent first. */
  private Map<String, Integer> chooseAnswers(List<Asked> from) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    for (Asked each : from) {
      Place place = byCocoId.get(each.cocoId());
      if (place != null && place.split() == Split.TRAIN) {
        counts.merge(each.chosen(), 1, Integer::sum);
      }
    }
    List<Map.Entry<String, Integer>> chosen = new ArrayList<>(counts.entrySet());
    chosen.removeIf(entry -> entry.getValue() < settings.minAnswerCount());
    chosen.sort(Map.Entry.comparingByValue(Comparator.reverseOrder()));
    Map<String, Integer> ids = new HashMap<>();
    for (Map.Entry<String, Integer> entry : chosen) {
      ids.put(entry.getKey(), answers.size());
      answers.add(entry.getKey());
    }
    return ids;
  }
}
