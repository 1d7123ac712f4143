package org.mysqlmanager.local.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DebianArchiveTest {
  @Test
  void takesDebiansArchiveAmongOthers() {
    DebianArchive archive =
        DebianArchive.parse(
                """
                https://packages.example.org/apt cloud-bookworm main $(SIGNED_BY)
                http://mirror.example.org/debian-security/ bookworm-security main $(SIGNED_BY)
                http://mirror.example.org/debian/ bookworm-updates main $(SIGNED_BY)
                http://mirror.example.org/debian/ bookworm contrib /some/key.gpg
                http://mirror.example.org/debian/ bookworm main /some/key.gpg
                """)
            .orElseThrow();
    assertEquals("http://mirror.example.org/debian/", archive.mirror());
    assertEquals("bookworm", archive.codename());
    assertEquals("[signed-by=/some/key.gpg] ", archive.signedBy());
  }

  @Test
  void anotherDistributionsArchiveIsNotTaken() {
    assertTrue(
        DebianArchive.parse(
                "http://archive.example.org/ubuntu/ noble main /usr/share/keyrings/u.gpg\n")
            .isEmpty());
    assertTrue(DebianArchive.parse("").isEmpty());
  }
}
