package org.mysqlmanager.process;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.mysqlmanager.local.Account;

/**
 * Looks for passwords in anything that was printed or stored, in whatever form: each password has
 * two words in it that stand nowhere else, around characters that every encoding changes. A word of
 * letters and digits is the same in plain text, JSON, SQL, a URL; besides it is looked for in
 * hexadecimal, in base64 at each of its three positions, and in the order that UTF-16 gives it.
 */
final class SecretSearch {
  /** What needs quoting somewhere, but what ProxySQL's configuration cannot hold. */
  private static final String ODD = "'\\ %s#{u}@,ü";

  private final Map<Account, String> passwords = new LinkedHashMap<>();
  private final Map<String, Account> forms = new LinkedHashMap<>();

  SecretSearch() {
    for (Account account : Account.values()) {
      String first = "Zq%dXv8Rk".formatted(account.ordinal() + 10);
      String second = "w7Kj%dQpd".formatted(account.ordinal() + 10);
      // ZooKeeper's servers read theirs each by its own locale.
      String odd = account.name().equals("ZOOKEEPER") ? ODD.replace("ü", "u") : ODD;
      passwords.put(account, first + odd + second);
      addForms(first, account);
      addForms(second, account);
    }
  }

  /** At most 32 bytes, which is all that replication takes. */
  Map<Account, String> passwords() {
    return passwords;
  }

  /** Whose passwords are in there. */
  Set<Account> in(byte[] content) {
    // One character for each byte: whatever the encoding, letters and digits are found.
    return in(new String(content, StandardCharsets.ISO_8859_1));
  }

  Set<Account> in(String content) {
    Set<Account> found = new TreeSet<>();
    forms.forEach((form, account) -> {
      if (!found.contains(account) && content.contains(form)) {
        found.add(account);
      }
    });
    return found;
  }

  private void addForms(String word, Account account) {
    byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
    forms.put(word, account);
    forms.put(HexFormat.of().formatHex(bytes), account);
    forms.put(HexFormat.of().formatHex(bytes).toUpperCase(Locale.ROOT), account);
    forms.put(
        new String(word.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.ISO_8859_1), account);
    for (int before = 0; before < 3; before++) {
      // Only whole groups of three bytes are the same whatever stands before and behind.
      int skipped = (3 - before) % 3;
      int whole = (bytes.length - skipped) / 3 * 3;
      byte[] groups = java.util.Arrays.copyOfRange(bytes, skipped, skipped + whole);
      forms.put(Base64.getEncoder().encodeToString(groups), account);
    }
  }
}
