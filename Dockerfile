# docker build -t tidegate .
FROM eclipse-temurin:25-jdk AS build
RUN apt-get update && apt-get install -y --no-install-recommends maven && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# The libraries in a layer of their own, so that a change of the sources does not download them again.
COPY pom.xml ./
COPY .mvn .mvn
RUN mvn -q -B dependency:go-offline -Dsilent=true || true
COPY src src
COPY config config
RUN mvn -q -B -DskipTests package

FROM eclipse-temurin:25-jre
RUN groupadd --system --gid 10001 tidegate && useradd --system --uid 10001 --gid 10001 --home-dir /opt/tidegate tidegate
WORKDIR /opt/tidegate
COPY --from=build /src/target/tidegate.jar tidegate.jar
COPY verticles.json cluster.xml ./
USER 10001:10001
# HTTP 8080/8443, WebSocket 8090/8453, admin 9090, cluster membership 5701
EXPOSE 8080 8443 8090 8453 9090 5701
ENV TIDEGATE_LOG=json \
    JAVA_OPTS="-XX:MaxRAMPercentage=60"
# 150 descriptors for the JVM and one for each socket: raise the container's nofile limit (deploy/compose.yaml does).
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9090 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["sh", "-c", "exec java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Dio.netty.noUnsafe=false -Dvertx.disableContextTimings=true -Dvertx.disableWebsockets=true -Dio.netty.leakDetection.level=disabled -XX:+ExitOnOutOfMemoryError $JAVA_OPTS -jar /opt/tidegate/tidegate.jar \"$@\"", "tidegate"]
CMD ["run", "--config", "/etc/tidegate/tidegate.yaml", "--verticles", "/opt/tidegate/verticles.json", "--cluster", "/opt/tidegate/cluster.xml"]
