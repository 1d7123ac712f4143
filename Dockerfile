# MySQL Manager's image: `./mm image`, or `docker build -t mysql-manager .`. Any builder does, BuildKit or not.
# How to run it: README.md, "Run it in containers".
ARG BUILD_IMAGE=maven:3.9-eclipse-temurin-25
ARG RUNTIME_IMAGE=eclipse-temurin:25-jre
# The project's version, for the label: a label cannot be computed in a build. The build fails if it is not the POM's.
ARG VERSION=0.1.0-SNAPSHOT

# --- The POMs alone -------------------------------------------------------------------------------------------------
# Copied from here, they keep the layer of dependencies below in the cache until a POM changes. Maven wants the POMs of
# all modules, also of those that are not in the image.
FROM ${BUILD_IMAGE} AS poms
WORKDIR /source
COPY . .
RUN mkdir /poms && cp -r .mvn /poms/ && find . -name pom.xml -exec cp --parents {} /poms/ ';'

# --- Build ----------------------------------------------------------------------------------------------------------
FROM ${BUILD_IMAGE} AS build
WORKDIR /build
ENV QUIETLY="-q -B -ntp -Dstyle.color=never -Dmaven.test.skip=true -Dspotless.check.skip=true -pl manager -am" \
    MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED"
COPY --from=poms /poms/ ./
# Building a class that does nothing in each module brings just what the build needs: dependencies, plugins, and the
# compiler's own plugins, which dependency:go-offline does not know of.
RUN for module in zk deploy/local manager; do \
      mkdir -p "$module/src/main/java" \
      && echo 'package nothing; final class Nothing {}' >"$module/src/main/java/Nothing.java" || exit 1; \
    done \
 && mvn $QUIETLY package \
 && for module in zk deploy/local manager; do rm -r "$module/src" "$module/target" || exit 1; done
COPY deploy/local/ deploy/local/
COPY zk/ zk/
COPY manager/ manager/
# Offline: what the layer above lacks fails the build, instead of being loaded again with each change of a source.
RUN mvn $QUIETLY -o package
ARG VERSION
RUN test -f "manager/target/mysql-manager-$VERSION.jar" \
 || { echo "VERSION is $VERSION, and the POM's is another: pass --build-arg VERSION=..., as ./mm image does" >&2; exit 1; }

# --- What the manager runs on ---------------------------------------------------------------------------------------
FROM ${RUNTIME_IMAGE} AS runtime
# tini: process 1, so that signals reach the JVM and nothing is left a zombie. curl: for the health check. Some of the
# images to build upon have them.
RUN if ! command -v tini >/dev/null || ! command -v curl >/dev/null; then \
      apt-get update -qq \
      && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends tini curl \
      && rm -rf /var/lib/apt/lists/*; \
    fi
# Numbers, so that they can be checked before there is a container (Kubernetes' runAsNonRoot).
RUN groupadd --gid 10001 mysql-manager \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/mysql-manager --shell /usr/sbin/nologin mysql-manager \
 && install -d -o 10001 -g 10001 -m 750 /var/lib/mysql-manager

# --- Training -------------------------------------------------------------------------------------------------------
# A manager leads for some seconds, with a ZooKeeper of its own and no servers, so that the JVM keeps what it loaded and
# linked (JEP 483, 514): a manager starts in about half the time. It has to be the very JVM, jar and options.
FROM runtime AS training
COPY deploy/manager-jvm.options /opt/mysql-manager/
COPY --from=build /build/manager/target/mysql-manager.jar /opt/mysql-manager/
COPY --from=build /build/deploy/local/target/mysql-manager-local.jar /tmp/
COPY dropwizard-config.yml deploy/image/train /tmp/
RUN sh /tmp/train

# --- The image ------------------------------------------------------------------------------------------------------
FROM runtime
# Nothing here belongs to the user that runs it, but the volume.
COPY --from=training /opt/mysql-manager/ /opt/mysql-manager/
COPY dropwizard-config.yml /etc/mysql-manager/dropwizard-config.yml
COPY deploy/image/mysql-manager /usr/local/bin/mysql-manager
COPY LICENSE /usr/share/doc/mysql-manager/LICENSE

# In a container the loopback is its own: published ports and probes need the others. Who may do what is the
# configuration's block `access`.
ENV BIND_HOST=0.0.0.0 \
    ADMIN_BIND_HOST=0.0.0.0 \
    ERRANT_TRANSACTIONS_DIRECTORY=/var/lib/mysql-manager/errant
# Transactions that only an old source had. Nothing else is kept outside ZooKeeper.
VOLUME /var/lib/mysql-manager
WORKDIR /var/lib/mysql-manager
EXPOSE 8080 8081
USER 10001:10001

# SIGTERM: the leader finishes the step under way and hands over, in well under the ten seconds that Docker gives it.
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--", "mysql-manager"]
CMD ["server", "/etc/mysql-manager/dropwizard-config.yml"]

# Whether this process lives. /healthcheck on the same port also tells of ZooKeeper and the clusters: to start managers
# again because MySQL is in trouble would only take away those who can help. With an https connector on the admin port:
# HEALTH_URL=https://127.0.0.1:8081/ping. Its certificate is for other names, and this does not leave the container.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["sh", "-c", "exec curl -fsSk -o /dev/null --max-time 4 \"${HEALTH_URL:-http://127.0.0.1:${ADMIN_PORT:-8081}/ping}\""]

# Last, as they differ with each commit.
ARG VERSION
ARG REVISION=""
ARG CREATED=""
ARG SOURCE=""
LABEL org.opencontainers.image.title="MySQL Manager" \
      org.opencontainers.image.description="Keeps MySQL replication clusters behind ProxySQL or HAProxy available." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}"
