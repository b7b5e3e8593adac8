# Everything that one does with Tidegate, by name. "make" alone lists it.
JDK := $(shell bin/jdk)
export JAVA_HOME := $(JDK)
# Maven's own libraries make JDK 25 warn about Unsafe.
export MAVEN_OPTS += --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED
MVN := mvn -B --no-transfer-progress

.DEFAULT_GOAL := help
.PHONY: help build test fmt bench conformance http-conformance smuggling soak local-cluster clean jdk

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

jdk:
	@test -n "$(JDK)" || bin/jdk

build: jdk ## target/tidegate.jar, without tests
	$(MVN) -q -DskipTests package

test: jdk ## everything: format, architecture, unit and integration tests with a real Kafka and Redis, which they start
	$(MVN) verify

fmt: jdk ## format the sources
	$(MVN) -q spotless:apply

bench: build ## measure beside the direct, no-gateway baseline; writes loadtest/RESULTS.md
	loadtest/measure

conformance: build ## the Autobahn suite and compressed messages against a real node's listener; a few minutes
	loadtest/conformance/run

http-conformance: build ## h2spec, h2load, nghttp, Node, curl, slowhttptest and testssl.sh against a real node; some minutes
	loadtest/http/run

soak: jdk ## twenty minutes of upstreams that die, return and slow down; SOAK (seconds), SEED
	$(MVN) verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=SoakIT \
	  -Dtidegate.soak=$(or $(SOAK),1200) -Dtidegate.seed=$(or $(SEED),20261127)

smuggling: jdk ## 100 000 requests as smugglers write them, read by the servers of others that are installed; REQUESTS, SEED
	$(MVN) verify -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=SmugglingIT \
	  -Dtidegate.requests=$(or $(REQUESTS),100000) -Dtidegate.seed=$(or $(SEED),20261127)

local-cluster: build ## Kafka, Redis and three nodes on this machine, until Ctrl-C
	loadtest/local-cluster

clean: jdk ## remove what was built
	$(MVN) -q clean
