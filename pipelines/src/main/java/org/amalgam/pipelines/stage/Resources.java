package org.amalgam.pipelines.stage;

/**
 * What a stage takes of a machine while it runs. It decides when and where a stage runs, never what
 * it makes.
 *
 * @param gpus whole devices, at least 0
 * @param memoryBytes of the host; 0 where nobody said
 * @param threads that compute at one time, at least 1
 */
public record Resources(int gpus, long memoryBytes, int threads) {
  public Resources {
    if (gpus < 0 || memoryBytes < 0 || threads < 1) {
      throw new IllegalArgumentException(
          "no machine has "
              + gpus
              + " GPUs, "
              + memoryBytes
              + " bytes and "
              + threads
              + " threads");
    }
  }
}
