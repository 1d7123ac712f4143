package org.mysqlmanager.local.link;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Looks for texts in a stream of bytes that comes in pieces. Not thread-safe. */
final class TextFinder {
  /** The longest text that is found across pieces, in bytes. */
  static final int LONGEST = 512;

  private byte[] past = new byte[0];

  /** Whether the text ends in this piece, wherever it began. */
  boolean endsIn(byte[] piece, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    int kept = Math.min(past.length, wanted.length - 1);
    byte[] all =
        Arrays.copyOf(
            Arrays.copyOfRange(past, past.length - kept, past.length), kept + piece.length);
    System.arraycopy(piece, 0, all, kept, piece.length);
    for (int start = 0; start + wanted.length <= all.length; start++) {
      if (Arrays.equals(all, start, start + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  /** The piece has gone by. */
  void passed(byte[] piece) {
    int kept = Math.min(past.length, Math.max(0, LONGEST - piece.length));
    byte[] all =
        Arrays.copyOf(
            Arrays.copyOfRange(past, past.length - kept, past.length), kept + piece.length);
    System.arraycopy(piece, 0, all, kept, piece.length);
    past = all.length <= LONGEST ? all : Arrays.copyOfRange(all, all.length - LONGEST, all.length);
  }
}
