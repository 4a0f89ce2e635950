package org.amalgam.artifacts;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Another Java process that uses a store; the tests start it, talk with it and kill it. */
@SuppressWarnings("try") // Leases are held for what is done meanwhile.
final class StoreProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private StoreProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  static StoreProcess start(String command, Path root, String argument, String... options)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m"));
    line.addAll(List.of(options));
    line.add("-cp");
    line.add(
        home(ArtifactStore.class)
            + System.getProperty("path.separator")
            + home(StoreProcess.class));
    line.addAll(List.of(StoreProcess.class.getName(), command, root.toString(), argument));
    return new StoreProcess(
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** Waits for the next line that the process prints. */
  String line() throws IOException {
    String line = output.readLine();
    return line == null ? "the process ended" : line;
  }

  boolean lives() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  int exit() throws InterruptedException {
    return process.waitFor();
  }

  /** As kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  private static String home(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return Path.of(source.getLocation().getPath()).toString();
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path root = Path.of(arguments[1]);
    ArtifactStore store = ArtifactStore.open(root);
    switch (arguments[0]) {
      case "open" -> System.out.println("opened");
      case "hold" -> hold(store, arguments[2]);
      case "publish one" -> {
        // Escaped, since how arguments are decoded depends on the locale.
        String name = (String) CanonicalJson.parse("\"" + arguments[2] + "\"");
        Examples.publish(store, name, "text");
      }
      case "compute once" -> computeOnce(store, arguments[2]);
      case "publish" -> publishForever(store);
      case "find and hold" -> {
        System.out.println(store.find(Examples.key(arguments[2])).isPresent() ? "found" : "none");
        Thread.sleep(60_000);
      }
      case "use" -> use(store, Integer.parseInt(arguments[2]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void hold(ArtifactStore store, String name) throws InterruptedException {
    try (Lease lease = store.lease(Examples.key(name), holder -> System.out.println("waiting"))) {
      System.out.println("holding");
      Thread.sleep(60_000);
    }
  }

  /** What a runner does for a stage; each computation leaves a line in the key's log. */
  private static void computeOnce(ArtifactStore store, String name)
      throws IOException, InterruptedException {
    System.out.println("ready");
    System.in.read();
    try (Lease lease = store.lease(Examples.key(name))) {
      if (store.find(Examples.key(name)).isEmpty()) {
        Files.writeString(
            store.log(Examples.key(name)),
            "computed\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
        Thread.sleep(50);
        Examples.publish(store, name, "text");
      }
    }
  }

  /** What runners do while others collect: finds or computes a key, then reads what it has. */
  private static void use(ArtifactStore store, int keys) throws IOException, InterruptedException {
    System.out.println("ready");
    for (int round = 0; ; round++) {
      // A process notes what it uses for its whole life, so each reads a part only.
      int i = (int) ((ProcessHandle.current().pid() + round) % keys);
      Digest key = Examples.key("n" + i);
      Digest artifact;
      try (Lease lease = store.lease(key)) {
        Optional<KeyEntry> entry = store.find(key);
        artifact =
            entry.isPresent()
                ? entry.get().artifact()
                : Examples.publish(store, "n" + i, "text " + i).artifact();
      }
      Files.readString(ArtifactStore.open(store.root()).verified(artifact).resolve("manifest"));
      if (round == keys / 2) {
        System.out.println("done");
        return;
      }
    }
  }

  void go() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  private static void publishForever(ArtifactStore store) throws IOException, InterruptedException {
    System.out.println("ready");
    for (int i = 0; ; i++) {
      Digest key = Examples.key("n" + i);
      try (Lease lease = store.lease(key)) {
        if (store.find(key).isEmpty()) {
          Files.writeString(store.scratch(key).resolve("checkpoint"), "half");
          Path workspace = store.workspace();
          for (Map.Entry<String, byte[]> file : files(i).entrySet()) {
            Path path = workspace.resolve(file.getKey());
            Files.createDirectories(path.resolve("..").normalize());
            Files.write(path, file.getValue());
          }
          store.publish(key, Examples.parts("n" + i), workspace, Examples.provenance("n" + i));
        }
      }
    }
  }

  /** What {@link #publishForever} publishes under its i-th key; some keys share their bytes. */
  static Map<String, byte[]> files(int i) {
    SplittableRandom random = new SplittableRandom(i / 2);
    byte[] weights = new byte[random.nextInt(100_000)];
    random.nextBytes(weights);
    return Map.of("weights", weights, "metrics/loss.json", new byte[] {(byte) (i / 2)});
  }
}
