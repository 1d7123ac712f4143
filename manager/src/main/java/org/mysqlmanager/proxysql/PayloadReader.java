package org.mysqlmanager.proxysql;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads a packet's payload from front to back, with MySQL's encodings of numbers and texts. */
final class PayloadReader {
  private final byte[] bytes;
  private int position;

  PayloadReader(byte[] bytes) {
    this.bytes = bytes;
  }

  int left() {
    return bytes.length - position;
  }

  void skip(int count) throws IOException {
    take(count);
  }

  /** An integer of that many bytes, the lowest first. */
  long number(int size) throws IOException {
    byte[] taken = take(size);
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | (taken[i] & 0xff);
    }
    return value;
  }

  /** An integer that says how long it is itself; -1 stands for NULL. */
  long lengthEncoded() throws IOException {
    int first = (int) number(1);
    return switch (first) {
      case 0xfb -> -1;
      case 0xfc -> number(2);
      case 0xfd -> number(3);
      case 0xfe -> number(8);
      default -> first;
    };
  }

  @Nullable String lengthEncodedText() throws IOException {
    long length = lengthEncoded();
    if (length < 0) {
      return null;
    }
    return new String(take(Math.clamp(length, 0, Integer.MAX_VALUE)), StandardCharsets.UTF_8);
  }

  byte[] untilZero() throws IOException {
    int end = position;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    byte[] taken = take(end - position);
    position = Math.min(position + 1, bytes.length);
    return taken;
  }

  byte[] take(int count) throws IOException {
    if (count < 0 || count > left()) {
      throw new IOException("a packet that ends too early");
    }
    byte[] taken = Arrays.copyOfRange(bytes, position, position + count);
    position += count;
    return taken;
  }

  byte[] rest() throws IOException {
    return take(left());
  }
}
