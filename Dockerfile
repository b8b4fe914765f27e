# Stoker's image: a JRE of just the modules that it uses, non-root, read-only root file system.
#   docker build -t stoker .
# Architectures: whatever the two base images have (amd64, arm64); nothing here depends on one.
ARG BUILD_IMAGE=docker.io/library/eclipse-temurin:25-jdk-noble
ARG RUNTIME_IMAGE=docker.io/library/debian:13-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY . .
# The bill of materials, which -Dquick leaves out, is a part of what is shipped; so are the licences.
RUN ./mvnw -q -B -ntp -Dquick -Dcyclonedx.skip=false package \
 && mkdir -p /opt/stoker \
 && cp -r collector/target/stoker.jar collector/target/lib collector/target/stoker.cdx.json LICENSE NOTICE \
      collector/src/main/resources/META-INF/licenses /opt/stoker/ \
 && mkdir -p /opt/stoker/licenses/web && cp -r collector/src/main/resources/web/vendor /opt/stoker/licenses/web/ \
 && find /opt/stoker/licenses/web -type f ! -name 'LICENSE*' -delete \
 && cp agent/target/stoker-agent.jar deploy/image/stoker deploy/image/jvm-flags /opt/stoker/
# java.desktop and the rest of what libraries only mention is left out; e2e/image/run starts the result.
RUN jlink --output /opt/stoker/jre --strip-java-debug-attributes --no-header-files --no-man-pages \
      --add-modules "$(cat deploy/image/modules)" \
 && /opt/stoker/jre/bin/java -Xshare:dump >/dev/null \
 && /opt/stoker/stoker --make-archives

FROM ${RUNTIME_IMAGE}
# They halve the CPU time of gzip; without them the JDK's zlib does it.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends libisal2 libdeflate0 >/dev/null && rm -rf /var/lib/apt/lists/*
# With stoker-agent.jar, which deploy/jvm copies from here into other pods.
COPY --from=build /opt/stoker /opt/stoker
# The storage folder's owner; a volume that is mounted there takes it over.
RUN mkdir -p /etc/stoker /var/lib/stoker && chown 10001:10001 /var/lib/stoker
ENV PATH=/opt/stoker:/usr/local/bin:/usr/bin:/bin
WORKDIR /var/lib/stoker
USER 10001:10001
EXPOSE 12345
VOLUME /var/lib/stoker
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/opt/stoker/stoker", "health"]
ENTRYPOINT ["/opt/stoker/stoker"]
CMD ["run", "/etc/stoker", "--listen", "0.0.0.0:12345"]
