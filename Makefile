# Ten targets at most, each one a line over ordinary tools.
.PHONY: help build run test test-go test-team bench fuzz clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

build: ## bin/niebla, and the tools, functions and pages of both applications
	@scripts/build

run: ## the cloud with fog-music and Biihlive in it; a second run starts at once
	@scripts/run

test: ## everything: installs what it needs, then Go, front end, clients, browser
	@scripts/test

test-go: ## the core's own tests
	go vet ./... && go test ./...

test-team: ## two developers, one state bucket, with the real Pulumi CLI (builds it first)
	@test/pulumi/team

bench: ## ratios against peers and this machine's ceiling
	@bench/run

fuzz: ## each fuzz target for a while (FUZZTIME=30s)
	@scripts/fuzz

clean: ## what was built, not .niebla
	rm -rf bin apps/*/web/dist apps/biihlive/functions/dist
