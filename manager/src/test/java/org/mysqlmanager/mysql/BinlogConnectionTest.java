package org.mysqlmanager.mysql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.github.shyiko.mysql.binlog.network.protocol.GreetingPacket;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BinlogConnectionTest {
  @Test
  void theLogInIsInUtf8WhateverTheServersDefault() throws Exception {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(10);
    packet.write("8.0.22\0".getBytes(StandardCharsets.US_ASCII));
    packet.write(new byte[] {7, 0, 0, 0});
    packet.write("12345678\0".getBytes(StandardCharsets.US_ASCII));
    packet.write(new byte[] {(byte) 0xff, (byte) 0xf7});
    packet.write(8); // latin1_swedish_ci
    packet.write(new byte[] {2, 0});
    packet.write(new byte[13]);
    packet.write("123456789012\0caching_sha2_password\0".getBytes(StandardCharsets.US_ASCII));
    GreetingPacket before = new GreetingPacket(packet.toByteArray());

    GreetingPacket after = new GreetingPacket(BinlogConnection.inUtf8(packet.toByteArray()));

    assertEquals(8, before.getServerCollation());
    assertEquals(45, after.getServerCollation());
    assertEquals(before.getServerCapabilities(), after.getServerCapabilities());
    assertEquals(before.getServerStatus(), after.getServerStatus());
    assertEquals(before.getScramble(), after.getScramble());
  }
}
