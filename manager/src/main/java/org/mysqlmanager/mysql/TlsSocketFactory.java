package org.mysqlmanager.mysql;

import com.mysql.cj.conf.PropertyDefinitions.SslMode;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.log.Log;
import com.mysql.cj.protocol.ServerSession;
import com.mysql.cj.protocol.SocketConnection;
import com.mysql.cj.protocol.StandardSocketFactory;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.mysqlmanager.model.MySqlTls;
import org.mysqlmanager.model.TlsMode;
import org.mysqlmanager.net.Deadline;
import org.mysqlmanager.net.TlsClient;

/**
 * The driver's sockets, with TLS as {@link TlsClient} does it: authorities from a PEM file, which
 * the driver cannot read; host names compared before anything is sent; no certificate refused where
 * none is to be checked (the driver refuses expired ones in any mode, and with them the only way to
 * a server that must be failed over). Made by the driver, one for each connection, by its name.
 */
public final class TlsSocketFactory extends StandardSocketFactory {
  private static final String PEM = "PEM";

  /** Made by the driver. */
  public TlsSocketFactory() {}

  /** What tells the driver, and in the end this class, how to encrypt. */
  static void configure(Properties properties, MySqlTls tls) {
    properties.setProperty(PropertyKey.sslMode.getKeyName(), tls.mode().name());
    properties.setProperty(
        PropertyKey.socketFactory.getKeyName(), TlsSocketFactory.class.getName());
    tls.caFile()
        .ifPresent(path -> {
          properties.setProperty(PropertyKey.trustCertificateKeyStoreType.getKeyName(), PEM);
          properties.setProperty(PropertyKey.trustCertificateKeyStoreUrl.getKeyName(), path);
        });
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as the driver declares it
  public <T extends Closeable> T performTlsHandshake(
      SocketConnection connection, ServerSession session, Log log) throws IOException {
    PropertySet properties = connection.getPropertySet();
    SslMode mode = properties.<SslMode>getEnumProperty(PropertyKey.sslMode).getValue();
    Optional<String> caFile =
        Optional.ofNullable(
            properties.getStringProperty(PropertyKey.trustCertificateKeyStoreUrl).getValue());
    Duration limit =
        Duration.ofMillis(properties.getIntegerProperty(PropertyKey.connectTimeout).getValue());
    sslSocket =
        TlsClient.of(TlsMode.valueOf(mode.name()), caFile)
            .handshake(
                rawSocket, connection.getHost(), connection.getPort(), Deadline.after(limit));
    return (T) sslSocket;
  }
}
