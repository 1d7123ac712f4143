package org.mysqlmanager.local.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The few kinds of values that a certificate is made of, in DER.
 *
 * @see <a href="https://www.itu.int/rec/T-REC-X.690">X.690</a>
 */
final class Der {
  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int UTC_TIME = 0x17;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int CONTEXT = 0x80;
  private static final int CONSTRUCTED = 0x20;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  static byte[] sequence(byte[]... items) {
    return value(SEQUENCE, concatenated(items));
  }

  static byte[] setOf(byte[] item) {
    return value(SET, item);
  }

  static byte[] yes() {
    return value(BOOLEAN, new byte[] {(byte) 0xff});
  }

  static byte[] integer(BigInteger number) {
    return value(INTEGER, number.toByteArray());
  }

  static byte[] bits(byte[] bytes) {
    return value(BIT_STRING, concatenated(new byte[] {0}, bytes));
  }

  static byte[] octets(byte[] bytes) {
    return value(OCTET_STRING, bytes);
  }

  static byte[] text(String text) {
    return value(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Until the year 2049. */
  static byte[] time(Instant instant) {
    return value(UTC_TIME, TIME.format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  /** Such as {@code 2.5.4.3}. */
  static byte[] identifier(String dotted) {
    List<Integer> parts = Arrays.stream(dotted.split("\\.", -1)).map(Integer::valueOf).toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(parts.get(0) * 40 + parts.get(1));
    for (int part : parts.subList(2, parts.size())) {
      List<Integer> digits = new ArrayList<>(List.of(part & 0x7f));
      for (int rest = part >> 7; rest > 0; rest >>= 7) {
        digits.add((rest & 0x7f) | 0x80);
      }
      Collections.reverse(digits);
      digits.forEach(out::write);
    }
    return value(OBJECT_IDENTIFIER, out.toByteArray());
  }

  /** A value whose kind is told by its number in a choice or a list of options. */
  static byte[] tagged(int number, byte[] content) {
    return value(CONTEXT | number, content);
  }

  /** The same around whole values. */
  static byte[] taggedAround(int number, byte[] values) {
    return value(CONTEXT | CONSTRUCTED | number, values);
  }

  static byte[] concatenated(byte[]... items) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] item : items) {
      out.writeBytes(item);
    }
    return out.toByteArray();
  }

  private static byte[] value(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (content.length < 0x80) {
      out.write(content.length);
    } else {
      byte[] length = BigInteger.valueOf(content.length).toByteArray();
      int skipped = length[0] == 0 ? 1 : 0;
      out.write(0x80 | (length.length - skipped));
      out.write(length, skipped, length.length - skipped);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }
}
