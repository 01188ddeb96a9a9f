# Millrace. `make help` lists the targets.
.DEFAULT_GOAL := help
.PHONY: help setup serve build bench test test-fmt test-clippy test-native test-cases test-web test-e2e fortnight soak licences deny clean

help: ## list the targets
	@sed -nE 's/^([a-z0-9 -]+):.*## (.*)/\1\n\t\2/p' $(MAKEFILE_LIST) | expand -t 4

setup: ## install what is missing for building and testing
	@scripts/setup.sh test

serve: ## install what is missing, build the page, serve it on 127.0.0.1:8080, rebuild on change
	@scripts/setup.sh serve
	@scripts/serve.sh

build: ## install what is missing, build the release page into dist/
	@scripts/setup.sh serve
	@scripts/build.sh

test: ## every suite; fails if one fails or ran nothing
	@scripts/setup.sh test
	@scripts/test.sh

test-fmt test-clippy test-native test-cases test-web test-e2e: test-%: ## one suite alone
	@scripts/setup.sh test
	@scripts/test.sh $*

fortnight: ## the whole of the real load in ../shared, natively and in a browser, to one digest; minutes
	@scripts/setup.sh test
	@scripts/test.sh fortnight

soak: ## 20 random walks of 10,000 acts and a million cases for each decoder; about a quarter of an hour
	@scripts/setup.sh test
	@scripts/test.sh soak

licences: ## write static/licences.txt: the licences of what is compiled into the page
	@cargo run -q -p millrace-engine --example licences >target/licences.txt && mv target/licences.txt static/licences.txt

deny: ## ask cargo-deny about licences, advisories, registries and duplicates; installs it if it is not there
	@scripts/setup.sh deny
	@scripts/deny.sh

bench: ## measure engine, drawing, page and time travel beside their peers; writes the table of the README; minutes
	@scripts/setup.sh bench
	@scripts/bench.sh

clean: ## remove what was built (the installed tools stay)
	rm -rf target dist tests/e2e/out
