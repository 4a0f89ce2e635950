package org.amalgam.stages.model;

import java.util.Map;
import java.util.Objects;
import org.amalgam.stages.tensor.HostTensor;

/**
 * The layers in f64, one token and one number after the other, as the paper and BEiT write them.
 */
public final class NaiveLayers {
  /** Sees each token's input of each linear map. */
  public interface Seen {
    void token(String weight, int position, double[] input);
  }

  private final ModelConfig config;
  private final Map<String, HostTensor> weights;

  public NaiveLayers(ModelConfig config, Map<String, HostTensor> weights) {
    this.config = config;
    this.weights = weights;
  }

  private float[] weight(String name) {
    return Objects.requireNonNull(weights.get(name), name).floats();
  }

  /**
   * An image's tokens before the first layer.
   *
   * @param pixels three planes of bytes
   * @param type row of the type embedding
   */
  public double[][] image(byte[] pixels, int type) {
    int side = config.imageSize();
    int patch = config.patch();
    int d = config.width();
    float[] kernel = weight("transformer.patch_embed.proj.weight");
    float[] bias = weight("transformer.patch_embed.proj.bias");
    float[] cls = weight("transformer.cls_token");
    float[] types = weight("token_type_embeddings.weight");
    double[][] tokens = new double[config.imageTokens()][d];
    for (int t = 0; t < tokens.length; t++) {
      for (int c = 0; c < d; c++) {
        double sum = t == 0 ? cls[c] : bias[c];
        for (int k = 0; k < 3 * patch * patch && t > 0; k++) {
          int y = (t - 1) / config.grid() * patch + k / patch % patch;
          int x = (t - 1) % config.grid() * patch + k % patch;
          int pixel = pixels[(k / (patch * patch) * side + y) * side + x] & 255;
          sum += kernel[c * 3 * patch * patch + k] * (pixel / 127.5 - 1);
        }
        tokens[t][c] = sum + types[type * d + c];
      }
    }
    return tokens;
  }

  /** A text's tokens before the first layer, padding included. */
  public double[][] text(int[] ids) {
    int d = config.width();
    float[] words = weight("text_embeddings.word_embeddings.weight");
    float[] kinds = weight("text_embeddings.token_type_embeddings.weight");
    float[] types = weight("token_type_embeddings.weight");
    double[][] tokens = new double[ids.length][d];
    for (int t = 0; t < ids.length; t++) {
      double[] x = new double[d];
      for (int c = 0; c < d; c++) {
        x[c] = words[ids[t] * d + c] + kinds[c];
      }
      tokens[t] = norm(x, "text_embeddings.LayerNorm", 1e-12);
      for (int c = 0; c < d; c++) {
        tokens[t][c] += types[c];
      }
    }
    return tokens;
  }

  /**
   * The layers {@code from} to {@code to} through one modality's experts.
   *
   * @param padded which tokens nobody attends to
   * @param textLength how many of the tokens are text: all, none, or those before the image
   */
  public double[][] run(
      double[][] tokens,
      String expert,
      boolean[] padded,
      int textLength,
      int from,
      int to,
      Seen seen) {
    double[][] x = tokens;
    for (int layer = from; layer < to; layer++) {
      x = layer(x, layer, expert, padded, textLength, seen);
    }
    return x;
  }

  private double[][] layer(
      double[][] x, int layer, String expert, boolean[] padded, int textLength, Seen seen) {
    String block = "transformer.blocks." + layer + ".";
    String attention = block + part(SubLayer.ATTENTION, expert);
    String mlp = block + part(SubLayer.FFN, expert);
    float[] gamma1 = weight(block + "gamma_1");
    float[] gamma2 = weight(block + "gamma_2");
    int n = x.length;
    int d = config.width();
    double[][] qkv = new double[n][];
    double[] bias = new double[3 * d];
    for (int c = 0; c < d; c++) {
      bias[c] = weight(attention + ".q_bias")[c];
      bias[2 * d + c] = weight(attention + ".v_bias")[c];
    }
    for (int t = 0; t < n; t++) {
      double[] h = norm(x[t], block + part(SubLayer.NORM1, expert), 1e-6);
      seen.token(attention + ".qkv.weight", t, h);
      qkv[t] = linear(h, attention + ".qkv.weight", bias);
    }
    double[][] attended = attention(qkv, layer, padded, textLength);
    double[][] y = new double[n][d];
    for (int t = 0; t < n; t++) {
      seen.token(attention + ".proj.weight", t, attended[t]);
      double[] a = linear(attended[t], attention + ".proj.weight", bias(attention + ".proj.bias"));
      double[] x1 = new double[d];
      for (int c = 0; c < d; c++) {
        x1[c] = x[t][c] + gamma1[c] * a[c];
      }
      double[] h = norm(x1, block + part(SubLayer.NORM2, expert), 1e-6);
      seen.token(mlp + ".fc1.weight", t, h);
      double[] u = linear(h, mlp + ".fc1.weight", bias(mlp + ".fc1.bias"));
      for (int c = 0; c < u.length; c++) {
        u[c] = 0.5 * u[c] * (1 + erf(u[c] / Math.sqrt(2)));
      }
      seen.token(mlp + ".fc2.weight", t, u);
      double[] m = linear(u, mlp + ".fc2.weight", bias(mlp + ".fc2.bias"));
      for (int c = 0; c < d; c++) {
        y[t][c] = x1[c] + gamma2[c] * m[c];
      }
    }
    return y;
  }

  private String part(SubLayer subLayer, String expert) {
    return config.architecture().isCustom(subLayer)
        ? subLayer.prefix() + "." + expert
        : subLayer.prefix();
  }

  private double[][] attention(double[][] qkv, int layer, boolean[] padded, int textLength) {
    int n = qkv.length;
    int d = config.width();
    int side = d / config.heads();
    float[] table = weight("relative_position_bias_table");
    long[] index =
        textLength == n
            ? RelativePositions.text(config, n)
            : textLength == 0
                ? RelativePositions.image(config)
                : RelativePositions.joint(config, textLength);
    double[][] out = new double[n][d];
    for (int head = 0; head < config.heads(); head++) {
      for (int t = 0; t < n; t++) {
        double[] p = new double[n];
        double total = 0;
        for (int s = 0; s < n; s++) {
          double logit = 0;
          for (int c = head * side; c < (head + 1) * side; c++) {
            logit += qkv[t][c] * qkv[s][d + c] / Math.sqrt(side);
          }
          int column = layer * config.heads() + head;
          int row = Math.toIntExact(index[t * n + s]);
          logit += table[row * config.layers() * config.heads() + column];
          p[s] = padded[s] ? 0 : Math.exp(logit);
          total += p[s];
        }
        for (int s = 0; s < n; s++) {
          for (int c = head * side; c < (head + 1) * side; c++) {
            out[t][c] += p[s] / total * qkv[s][2 * d + c];
          }
        }
      }
    }
    return out;
  }

  private double[] bias(String name) {
    float[] bias = weight(name);
    double[] wide = new double[bias.length];
    for (int i = 0; i < bias.length; i++) {
      wide[i] = bias[i];
    }
    return wide;
  }

  private double[] linear(double[] x, String name, double[] bias) {
    float[] w = weight(name);
    double[] y = bias.clone();
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += w[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private double[] norm(double[] x, String name, double epsilon) {
    float[] scale = weight(name + ".weight");
    float[] shift = weight(name + ".bias");
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    double[] y = new double[x.length];
    for (int c = 0; c < x.length; c++) {
      y[c] = (x[c] - mean) / Math.sqrt(variance + epsilon) * scale[c] + shift[c];
    }
    return y;
  }

  /** By its power series, which is exact enough for the small arguments here. */
  private static double erf(double x) {
    if (Math.abs(x) > 5) {
      return Math.signum(x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
}
