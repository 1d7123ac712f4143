package org.mysqlmanager.local.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SocketTableTest {
  private static final SocketTable TABLE =
      SocketTable.of(
          """
            sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
             0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1 0 100 0 0 10 0
             1: 0100007F:9C40 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 12 1 0 20 4 30 10 -1
             2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 13 1 0 20 4 30 10 -1
             3: 0100007F:9C41 0100007F:1F90 06 00000000:00000000 03:000014D3 00000000     0        0 0 3 0
            sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
             0: 0000000000000000FFFF00000100007F:9C42 0000000000000000FFFF00000100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 14 1 0 20 4 30 10 -1
          """);

  @Test
  void findsTheSideOfAConnectionThatIsAskedFor() {
    assertEquals(OptionalLong.of(12), TABLE.inode(0x9C40, 0x1F90));
    assertEquals(OptionalLong.of(13), TABLE.inode(0x1F90, 0x9C40));
    assertEquals(OptionalLong.of(14), TABLE.inode(0x9C42, 0x1F90));
  }

  @Test
  void aSocketThatNobodyHasAnyMoreHasNoOwner() {
    assertEquals(OptionalLong.empty(), TABLE.inode(0x9C41, 0x1F90));
    assertEquals(OptionalLong.empty(), TABLE.inode(0x9C43, 0x1F90));
  }
}
